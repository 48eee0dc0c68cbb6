import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { bodyOf, NOW_MS, ORDER, post, scene, signatureOf, URL_TEXT } from "./webhook-scene.ts";
import { manualClock } from "../src/runtime/manual-clock.ts";
import { nodeWebhookListener } from "../src/webhooks/index.ts";

const asked = (query: string): Request => new Request(`${URL_TEXT}?${query}`);

test.each([
  ["hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me", 200, "1158201444"],
  ["hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-m", 403, "Wrong verify token."],
  ["hub.mode=subscribe&hub.challenge=1158201444", 403, "Wrong verify token."],
  ["hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify-me", 400, "Not a verification."],
  ["hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=verify-me", 400, "Not a verification."],
])("the handshake %s is answered %i", async (query, status, text) => {
  const response = await scene().handler(asked(query));
  expect([response.status, await response.text()]).toEqual([status, text]);
});

test("the signature is over the bytes as they came", async () => {
  const { handler, events } = scene();
  const escaped = bodyOf("weather", { name: "é" }).replace("é", "\\u00e9");
  expect((await handler(post(escaped))).status).toBe(200);
  const rewritten = JSON.stringify(JSON.parse(escaped));
  expect((await handler(post(rewritten, { "x-hub-signature-256": signatureOf(escaped) }))).status).toBe(401);
  expect(events).toHaveLength(1);
});

test.each([
  ["none", {}],
  ["another algorithm's", { "x-hub-signature": "sha1=00" }],
  ["cut short", { "x-hub-signature-256": "sha256=00ff" }],
  ["of another body", { "x-hub-signature-256": signatureOf("{}") }],
])("a signature that is %s is refused with 401", async (_what, headers) => {
  const { handler, events } = scene();
  expect((await handler(post(bodyOf("order_status", ORDER), headers as Record<string, string>))).status).toBe(401);
  expect(events).toEqual([]);
});

test.each([
  ["not JSON", "{", 400],
  ["another object", JSON.stringify({ object: "page", entry: [] }), 400],
  ["too large", "x".repeat(101), 413],
])("a signed body that is %s is answered %s", async (_what, body, status) => {
  expect((await scene({ maxBodyBytes: 100 }).handler(post(body))).status).toBe(status);
});

test("only GET and POST are answered", async () => {
  const response = await scene().handler(new Request(URL_TEXT, { method: "PUT", body: "{}" }));
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST"]);
});

test("a redelivery is answered 200 and dropped, and so is what is older than deliveries are repeated", async () => {
  const clock = manualClock(NOW_MS);
  const { handler, events, dropped } = scene({ clock });
  const body = bodyOf("order_status", ORDER);
  for (const _ of [1, 2]) expect((await handler(post(body))).status).toBe(200);
  expect(events).toHaveLength(1);
  await clock.advance(37 * 3_600_000 + 1);
  expect((await handler(post(body))).status).toBe(200);
  expect(events).toHaveLength(1);
  expect(dropped.map(({ reason }) => reason)).toEqual(["duplicate", "stale"]);
});

test("the same event in two requests at once is handled once, and both wait for it", async () => {
  let go = (): void => {};
  let begun = 0;
  const held = new Promise<void>((resolve) => (go = resolve));
  const { handler } = scene({
    onEvent: () => {
      begun += 1;
      return held;
    },
  });
  const body = bodyOf("order_status", ORDER);
  const both = Promise.all([handler(post(body)), handler(post(body))]);
  await new Promise((resolve) => setImmediate(resolve));
  go();
  expect((await both).map(({ status }) => status)).toEqual([200, 200]);
  expect(begun).toBe(1);
});

test("an event whose handling fails is answered 500 and comes again; the one before it does not", async () => {
  const handled: string[] = [];
  let isBroken = true;
  const { handler } = scene({
    onEvent(event) {
      if (event.topic === "unknown" && isBroken) throw new Error("database down");
      handled.push(event.topic);
    },
  });
  const changes = [
    { field: "order_status", value: ORDER },
    { field: "weather", value: {} },
  ];
  const body = bodyOf("x", 0, { changes });
  expect((await handler(post(body))).status).toBe(500);
  isBroken = false;
  expect((await handler(post(body))).status).toBe(200);
  expect(handled).toEqual(["order_status", "unknown"]);
});

test("events of the dashboard's test button all arrive; another app's are dropped", async () => {
  const { handler, events, dropped } = scene({ appId: "1" });
  for (const _ of [1, 2]) await handler(post(bodyOf("order_status", ORDER, { id: "0" })));
  await handler(post(bodyOf("order_status", ORDER, { id: "9" })));
  expect(events.map(({ isTest }) => isTest)).toEqual([true, true]);
  expect(dropped.map(({ reason }) => reason)).toEqual(["other-app"]);
});

test("options that cannot work are refused without showing them", () => {
  expect(() => scene({ appSecret: "has space" })).toThrow(/appSecret holds white space/);
  expect(() => scene({ verifyToken: "" })).toThrow(/verifyToken is empty/);
});

test("a secret that is rotated counts from the next request on", async () => {
  let current = "old-secret";
  const { handler } = scene({ appSecret: () => current });
  const body = bodyOf("order_status", ORDER);
  expect((await handler(post(body))).status).toBe(401);
  current = "test-secret";
  expect((await handler(post(body))).status).toBe(200);
});

test("node:http carries handshake and notification; a body that was parsed before is said to be so", async () => {
  const { handler, events } = scene({ maxBodyBytes: 10_000 });
  const listener = nodeWebhookListener(handler);
  const problems: unknown[] = [];
  await using server = createServer((incoming, outgoing) => {
    if (incoming.url === "/parsed")
      return void listener(Object.assign(incoming, { body: {} }), outgoing, (error) => {
        problems.push(error);
        outgoing.end();
      });
    if (incoming.url !== "/raw") return void listener(incoming, outgoing);
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => void listener(Object.assign(incoming, { body: Buffer.concat(chunks) }), outgoing));
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const shake = await fetch(`${url}/?hub.mode=subscribe&hub.challenge=7&hub.verify_token=verify-me`);
  expect(await shake.text()).toBe("7");
  const bodies = [bodyOf("weather", { n: 1 }), bodyOf("weather", { n: 2 })];
  for (const [at, path] of ["/", "/raw"].entries()) {
    const body = bodies[at] ?? "";
    const headers = { "x-hub-signature-256": signatureOf(body) };
    expect((await fetch(url + path, { method: "POST", body, headers })).status).toBe(200);
  }
  expect(events).toHaveLength(2);
  expect((await fetch(url, { method: "POST", body: "x".repeat(20_000) })).status).toBe(413);
  await fetch(`${url}/parsed`, { method: "POST", body: "{}" });
  expect(problems).toMatchObject([{ code: "bad_input" }]);
});
