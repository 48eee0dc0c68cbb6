import { afterEach, beforeEach, expect, test } from "vitest";
import { inspect } from "node:util";
import { failure } from "./failure.ts";
import { envelope, json, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import { createGraphClient, type GraphClient } from "../src/graph/graph-client.ts";
import { undiciTransport } from "../src/graph/undici-transport.ts";
import { reveal } from "../src/secrets/secret.ts";

let server: ScriptedServer;
let client: GraphClient;

beforeEach(async () => {
  server = await scriptedServer();
  const transport = undiciTransport({ baseUrl: server.url });
  client = createGraphClient({ app: { id: "1", secret: "test-secret" }, transport, baseUrl: server.url });
});
afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

test("tokens that the platform gives are opaque until they are revealed", async () => {
  server.answer(json({ oauth_token: "OClinkedtoken0123456789", refresh_code: "next-code" }));
  const link = await client.accounts.link({ code: "linking-code", orgScopedId: "20" });
  expect(inspect(link) + JSON.stringify(link)).not.toMatch(/OClinked|next-code/);
  expect(reveal(link.oauthToken)).toBe("OClinkedtoken0123456789");
});

test("no error shows a code, an attestation token or the app token in the URL, even where the platform repeats them", async () => {
  server.answer((request, response, index) => {
    const said = [...request.query, ...request.form].map(([name, value]) => `${name}=${value}`).join("&");
    json(envelope(100, { message: `Bad request: ${said}` }), 400)(request, response, index);
  });
  const errors = [
    await failure(client.accounts.link({ code: "linking-code-1", orgScopedId: "20" })),
    await failure(client.accounts.refresh({ refreshCode: "refresh-code-2", orgScopedId: "20" })),
    await failure(client.attestation.verify("attestation.token.3")),
  ];
  expect(server.seen[2]?.query.get("access_token")).toBe("OC|1|test-secret");
  expect(errors.map(({ code }) => code)).toEqual(["invalid_parameter", "invalid_parameter", "invalid_parameter"]);
  expect(inspect(errors)).not.toMatch(/linking-code-1|refresh-code-2|attestation\.token\.3|test-secret/);
});

test("federated users need the federated app's credentials, and say so before anything is sent", async () => {
  expect(await failure(client.federatedUsers.get("8"))).toMatchObject({ code: "bad_input" });
  const listed = client.federatedUsers.list()[Symbol.asyncIterator]().next();
  expect(await failure(listed)).toMatchObject({ code: "bad_input", message: /give federatedApp/ });
  expect(server.seen).toEqual([]);
});

test.each<[string, (graph: GraphClient) => Promise<unknown>]>([
  ["an entry that is not decimal", (graph) => graph.leaderboards.deleteEntry("../me")],
  [
    "a subscription pushed by 366 days",
    (graph) => graph.subscriptions.extend({ ownerId: "4", sku: "gold", days: 366 }),
  ],
  ["a ban beyond a hundred years", (graph) => graph.deviceBans.ban({ uniqueId: "ab", minutes: 52_560_001 })],
  ["a name of two characters", (graph) => graph.federatedUsers.create({ persistentId: "p", displayName: "ab" })],
  ["nobody to tell", (graph) => graph.notifications.trigger({ requestId: "READY", recipientIds: [] })],
  [
    "a notification that leaves its path",
    (graph) => graph.notifications.trigger({ requestId: "..", recipientIds: ["4"] }),
  ],
  [
    "a bitfield that can never unlock",
    (graph) =>
      graph.achievements.define({
        apiName: "A",
        title: "A",
        description: "A",
        writes: "server",
        type: "bitfield",
        target: 8,
        bitfieldLength: 7,
      }),
  ],
])("%s is refused before it is sent", async (_what, call) => {
  await expect(Promise.resolve().then(() => call(client))).rejects.toMatchObject({ code: "bad_input" });
  expect(server.seen).toEqual([]);
});

test("a deletion that a proxy's 404 answers is not taken for done", async () => {
  server.answer(json("", 404));
  await expect(client.leaderboards.deleteEntry("74")).rejects.toMatchObject({ code: "ambiguous" });
});

test("what is unknown in an answer stays under raw, exact", async () => {
  server.answer(json('{"success":true,"grant_time":1900000000,"order":9007199254740993}'));
  expect(await client.purchases.verify({ userId: "42" })).toEqual({
    isEntitled: true,
    grantedAt: new Date(1_900_000_000_000),
    raw: { order: 9007199254740993n },
  });
});

test("an entitlement is a boolean or no answer", async () => {
  server.answer(json({}));
  await expect(client.purchases.verify({ userId: "42" })).rejects.toMatchObject({ code: "unreadable_answer" });
});
