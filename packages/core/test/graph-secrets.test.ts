import { inspect } from "node:util";
import { afterEach, expect, test } from "vitest";
import { envelope, json, rawServer, scriptedServer, type SeenRequest } from "./scripted-server.ts";
import { createGraphClient, type GraphClient } from "../src/graph/graph-client.ts";
import type { GraphTransport } from "../src/graph/transport.ts";
import { undiciTransport } from "../src/graph/undici-transport.ts";
import { createIdentity } from "../src/identity/identity.ts";
import { manualClock } from "../src/runtime/manual-clock.ts";
import { seededRandom } from "../src/runtime/random.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});

const APP_SECRET = "hidden-app-secret";
const USER_TOKEN = "OCAhidden-user-token";
const NONCE = "hidden-nonce/+=";

/** All that a program could print of `value`, its causes and hidden members included. */
function everythingShown(value: unknown): string {
  const parts = [inspect(value, { depth: 30, showHidden: true, getters: true }), String(value)];
  try {
    parts.push(JSON.stringify(value) ?? "");
  } catch {
    // A cycle: inspect has shown it.
  }
  if (value instanceof Error) {
    parts.push(
      value.message,
      value.stack ?? "",
      JSON.stringify(Object.getOwnPropertyDescriptors(value)),
      everythingShown(value.cause),
    );
  }
  return parts.join("\n");
}

function expectNoSecret(shown: string): void {
  for (const hidden of [APP_SECRET, USER_TOKEN, NONCE, encodeURIComponent(NONCE)]) expect(shown).not.toContain(hidden);
  expect(shown).not.toContain("hidden-");
}

function clientFor(baseUrl: string): { readonly client: GraphClient; readonly transport: GraphTransport } {
  const transport = undiciTransport({ baseUrl, maxAnswerBytes: 5_000 });
  const client = createGraphClient({ app: { id: "1", secret: APP_SECRET }, transport, baseUrl });
  open.push(client);
  return { client, transport };
}

/** What of every call, each with all the secrets it can hold, ended in an error. */
async function everyFailure(client: GraphClient): Promise<unknown[]> {
  const entries = client.leaderboards.entries({ apiName: "B", startAt: "viewer", userToken: USER_TOKEN });
  const ends = await Promise.allSettled([
    client.achievements.definitions(),
    client.achievements.write({ userId: "42", apiName: "A", addCount: 1 }),
    client.achievements.read("42"),
    client.achievements.readOne("42", "A"),
    client.leaderboards.list(),
    client.leaderboards.submit({ apiName: "B", score: 1, userId: "42" }),
    client.leaderboards.submit({ apiName: "B", score: 1, userToken: USER_TOKEN }),
    entries[Symbol.asyncIterator]().next(),
    client.users.me(USER_TOKEN),
    client.users.get("42"),
    client.users.validateNonce("42", NONCE),
  ]);
  return ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
}

/** All secrets of a request, raw and percent-encoded, as a talkative platform would repeat them. */
function echoOf({ headers, form }: SeenRequest): string {
  const all = [headers.authorization ?? "", headers.authorization?.split("|")[2] ?? "", form.get("nonce") ?? ""];
  return all.map((text) => `${text} ${encodeURIComponent(text)}`).join(", ");
}

test.each([
  ["an envelope", 400, (echo: string) => envelope(190, { message: echo, type: echo, fbtrace_id: echo }), {}],
  ["names of an envelope's members", 400, (echo: string) => ({ error: { code: 100, [echo]: echo } }), {}],
  ["an envelope of text", 400, (echo: string) => ({ error: echo }), {}],
  ["a page of HTML", 200, (echo: string) => `<html>${echo}</html>`, { "content-type": "text/html" }],
  ["a content type", 200, () => "{}", { "content-type": `text/plain; x=${encodeURIComponent(USER_TOKEN)}` }],
  ["a body that is not JSON", 418, (echo: string) => echo, {}],
  [
    "an answer of another shape",
    200,
    (echo: string) => ({ data: echo, id: echo, is_valid: echo, did_update: echo }),
    {},
  ],
  ["an answer that is too large", 200, (echo: string) => echo.repeat(1_000), {}],
  [
    "a link to another host",
    200,
    (echo: string) => ({ data: [], paging: { next: `https://evil.example/?access_token=${echo}` } }),
    {},
  ],
])("no error shows a secret that came back in %s", async (_where, status, bodyOf, headers) => {
  const server = await scriptedServer((request, response, index) =>
    json(bodyOf(echoOf(request)), status, headers)(request, response, index),
  );
  open.push(server);
  const failures = await everyFailure(clientFor(server.url).client);

  expect(failures.length).toBeGreaterThan(0);
  for (const error of failures) expectNoSecret(everythingShown(error));
});

test("no error shows a secret where the connection echoes the request and breaks", async () => {
  const broken = [
    (request: Buffer) => request,
    (request: Buffer) => Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n"), request]),
    (request: Buffer) => Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\nx-echo: "), request]),
    () => Buffer.alloc(0),
  ];
  for (const answer of broken) {
    const server = await rawServer((socket) => socket.once("data", (request) => socket.end(answer(request))));
    open.push(server);
    const failures = await everyFailure(clientFor(server.url).client);
    expect(failures).toHaveLength(11);
    for (const error of failures) expectNoSecret(everythingShown(error));
  }
});

test("no error shows a secret where there is no connection, no TLS and no time", async () => {
  const server = await scriptedServer();
  open.push(server);
  for (const url of ["https://questline.invalid", "http://127.0.0.1:1", server.url.replace("http:", "https:")]) {
    const failures = await everyFailure(clientFor(url).client);
    expect(failures).toHaveLength(11);
    for (const error of failures) expectNoSecret(everythingShown(error));
  }
});

test("neither client, transport, caches nor bad input show a secret", async () => {
  const server = await scriptedServer((request, response, index) =>
    json(request.path === "/me" ? { id: "42" } : { is_valid: true })(request, response, index),
  );
  open.push(server);
  const { client, transport } = clientFor(server.url);
  const identity = createIdentity({ users: client.users, clock: manualClock(), random: seededRandom(1), appId: "1" });
  await identity.verifyToken(USER_TOKEN);
  await identity.verifyNonce("42", NONCE);
  const again: unknown = await identity.verifyNonce("42", NONCE).catch((error: unknown) => error);
  const spaced: unknown = await identity.verifyToken(`${USER_TOKEN} x`).catch((error: unknown) => error);
  const huge: unknown = await client.users.me(USER_TOKEN.repeat(500)).catch((error: unknown) => error);

  for (const shown of [client, transport, identity, identity.tokenOf("42"), again, spaced, huge])
    expectNoSecret(everythingShown(shown));
});

test("a token, nonce or secret in the place of an id is never shown", async () => {
  const server = await scriptedServer();
  open.push(server);
  const { client } = clientFor(server.url);
  const identity = createIdentity({ users: client.users, clock: manualClock(), random: seededRandom(1), appId: "1" });
  for (const hidden of [NONCE, USER_TOKEN, APP_SECRET, "hidden-", `${USER_TOKEN}-that-is-longer-than-others`]) {
    const ends = await Promise.allSettled([
      identity.verifyNonce(hidden, "42"),
      identity.provideToken(hidden, "42"),
      client.users.get(hidden),
      client.users.validateNonce(hidden, "42"),
      client.achievements.read(hidden),
      client.achievements.removeAll(hidden),
      client.leaderboards.deleteEntry(hidden),
      client.accounts.link({ code: "42", orgScopedId: hidden }),
      client.notifications.trigger({ requestId: `${hidden}!`, recipientIds: ["42"] }),
      client.notifications.trigger({ requestId: "5", recipientIds: [hidden] }),
      (async () => createGraphClient({ app: { id: hidden, secret: "1" }, baseUrl: server.url }))(),
      (async () =>
        createIdentity({ users: client.users, clock: manualClock(), random: seededRandom(1), appId: hidden }))(),
    ]);
    for (const end of ends) {
      expect(end).toMatchObject({ status: "rejected", reason: { code: "bad_input" } });
      expectNoSecret(everythingShown((end as PromiseRejectedResult).reason));
    }
  }
  expect(server.seen).toEqual([]);
});
