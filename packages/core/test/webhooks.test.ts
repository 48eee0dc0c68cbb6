import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { manualClock } from "../src/runtime/manual-clock.ts";
import { silentLogger } from "../src/runtime/log.ts";
import {
  createWebhookHandler,
  nodeWebhookListener,
  type DroppedEvent,
  type WebhookEvent,
  type WebhookHandler,
  type WebhookOptions,
} from "../src/webhooks/index.ts";

const NOW_MS = 1_900_000_100_000;
const URL_TEXT = "https://game.example/webhook";

interface Scene {
  readonly handler: WebhookHandler;
  readonly events: WebhookEvent[];
  readonly dropped: DroppedEvent[];
}

function scene(options: Partial<WebhookOptions> = {}): Scene {
  const events: WebhookEvent[] = [];
  const dropped: DroppedEvent[] = [];
  const handler = createWebhookHandler({
    appSecret: "test-secret",
    verifyToken: "verify-me",
    onEvent: (event) => void events.push(event),
    onDropped: (drop) => void dropped.push(drop),
    clock: manualClock(NOW_MS),
    logger: silentLogger,
    ...options,
  });
  return { handler, events, dropped };
}

const signatureOf = (body: string | Buffer): string =>
  `sha256=${createHmac("sha256", "test-secret").update(body).digest("hex")}`;

const post = (body: string, headers: Record<string, string> = { "x-hub-signature-256": signatureOf(body) }): Request =>
  new Request(URL_TEXT, { method: "POST", body, headers });

const bodyOf = (field: string, value: unknown, entry: object = {}): string =>
  JSON.stringify({
    object: "application",
    entry: [{ id: "1", time: 1_900_000_000, changes: [{ field, value }], ...entry }],
  });

const ORDER = {
  event_time: "1900000000",
  user_id: "10149999707612630",
  product_info: { notification_type: "PURCHASED", reporting_id: "5f3b8f5c-0000", sku: "gems", developer_payload: '""' },
};
const SUBSCRIPTION = {
  id: "0af3",
  sku: "gold",
  trial_type: "TRIAL_OFFER",
  period_start_time: "1899990000",
  period_end_time: "1902000000",
  next_renewal_time: "1902000000",
  is_active: true,
  is_trial: false,
  current_price_term: { term: "MONTHLY", currency: "USD", price: "4.99" },
  next_price_term: { currency: "USD", price: "5" },
};
const READ_SUBSCRIPTION = {
  id: "0af3",
  sku: "gold",
  trialType: "FREE_TRIAL",
  isActive: true,
  isTrial: false,
  currentTerm: { term: "MONTHLY", price: { currency: "USD", minorUnits: 499n } },
  nextTerm: { price: { currency: "USD", minorUnits: 500n } },
};

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

test.each([
  [
    "join_intent",
    { destination_api_name: "arena", joining_user: "42", lobby_session_id: "l", match_session_id: "m" },
    { destinationApiName: "arena", userId: "42", lobbySessionId: "l", matchSessionId: "m" },
  ],
  [
    "order_status",
    ORDER,
    {
      status: "PURCHASED",
      reportingId: "5f3b8f5c-0000",
      sku: "gems",
      userId: "10149999707612630",
      at: new Date(1_900_000_000_000),
    },
  ],
  [
    "subscription_started",
    { owner_id: "42", source_app: "7", subscription: SUBSCRIPTION },
    { ownerId: "42", sourceApp: "7", subscription: READ_SUBSCRIPTION },
  ],
  [
    "subscription_renewal_success",
    {
      owner_id: "42",
      subscription: {
        id: "0af3",
        sku: "gold",
        current_offer: SUBSCRIPTION.current_price_term,
        next_offer: SUBSCRIPTION.next_price_term,
      },
    },
    {
      ownerId: "42",
      subscription: {
        id: "0af3",
        sku: "gold",
        currentTerm: READ_SUBSCRIPTION.currentTerm,
        nextTerm: READ_SUBSCRIPTION.nextTerm,
      },
    },
  ],
  [
    "subscription_canceled",
    { owner_id: "42", cancel_reason: "PRICE_TOO_EXPENSIVE", subscription: SUBSCRIPTION },
    { ownerId: "42", reason: "PRICE_TOO_EXPENSIVE", subscription: READ_SUBSCRIPTION },
  ],
  [
    "subscription_uncanceled",
    { owner_id: "42", subscription: SUBSCRIPTION },
    { ownerId: "42", subscription: READ_SUBSCRIPTION },
  ],
  [
    "subscription_expired",
    { owner_id: "42", subscription: { ...SUBSCRIPTION, is_active: false } },
    { subscription: { isActive: false } },
  ],
])("a signed %s arrives as a typed event", async (field, value, expected) => {
  const { handler, events } = scene();
  expect((await handler(post(bodyOf(field, { ...value, added_later: 1 })))).status).toBe(200);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    topic: field,
    appId: "1",
    isTest: false,
    sentAt: new Date(1_900_000_000_000),
    raw: { added_later: 1 },
    ...expected,
  });
});

test("an order's payload without content is none, and its key names the order and what happened", async () => {
  const { handler, events } = scene();
  await handler(post(bodyOf("order_status", ORDER)));
  expect(events[0]).not.toHaveProperty("developerPayload");
  expect(events[0]?.key).toBe("order_status:5f3b8f5c-0000:PURCHASED");
});

test("what cannot be read is an event still: an unknown topic, an odd value, a topic without its value", async () => {
  const { handler, events } = scene();
  await handler(post(bodyOf("weather", { rain: true })));
  await handler(post(bodyOf("order_status", { product_info: 5 })));
  await handler(post(bodyOf("x", 0, { changes: undefined, changed_fields: ["order_status"] })));
  expect(events).toMatchObject([
    { topic: "unknown", field: "weather", raw: { rain: true } },
    { topic: "unknown", field: "order_status", raw: { product_info: 5 } },
    { topic: "changed", field: "order_status" },
  ]);
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
