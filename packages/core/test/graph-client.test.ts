import { afterEach, expect, test } from "vitest";
import { envelope, json, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import { createGraphClient, type GraphClient } from "../src/graph/graph-client.ts";
import { undiciTransport } from "../src/graph/undici-transport.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

async function platform(): Promise<{ server: ScriptedServer; client: GraphClient }> {
  const server = await scriptedServer();
  const transport = undiciTransport({ baseUrl: server.url });
  const client = createGraphClient({ app: { id: "1", secret: "test-secret" }, transport, baseUrl: server.url });
  open.push(server, client);
  return { server, client };
}

test("a write carries the app token in its header only and its fields as a form", async () => {
  const { server, client } = await platform();
  server.answer(json({ id: "7", api_name: "WINS", just_unlocked: true }));

  const written = await client.achievements.write({ userId: "42", apiName: "WINS", addCount: 2n ** 60n });

  expect(written).toEqual({ apiName: "WINS", justUnlocked: true });
  const [request] = server.seen;
  expect(request?.method).toBe("POST");
  expect(request?.path).toBe("/42/achievements");
  expect(request?.headers.authorization).toBe("Bearer OC|1|test-secret");
  expect(request?.query.size).toBe(0);
  expect(Object.fromEntries(request?.form ?? [])).toEqual({ api_name: "WINS", add_count: "1152921504606846976" });
});

test("progress beyond 2^53 comes back exact, and what is missing stays unknown", async () => {
  const { server, client } = await platform();
  server.answer(
    json(
      '{"data":[{"id":"1","definition":{"id":"2","api_name":"A","target":9007199254740995},"count_progress":9007199254740993,' +
        '"is_unlocked":false},{"id":"3","is_unlocked":true,"unlock_time":1900000000}]}',
    ),
  );

  expect(await client.achievements.read("42")).toEqual([
    { apiName: "A", target: 9007199254740995n, count: 9007199254740993n, isUnlocked: false },
    { isUnlocked: true, unlockedAt: new Date("2030-03-17T17:46:40Z") },
  ]);
  expect(server.seen[0]?.query.get("fields")).toBe(
    "definition{api_name,target},count_progress,bitfield_progress,is_unlocked,unlock_time",
  );
});

test("an error envelope in a 200 is an error", async () => {
  const { server, client } = await platform();
  server.answer(json(envelope(190)));

  await expect(client.users.me("user-token")).rejects.toMatchObject({
    name: "UserTokenError",
    status: 200,
    graphCode: 190,
  });
  await expect(client.users.get("42")).rejects.toMatchObject({ name: "AppCredentialsError", code: "app_credentials" });
});
