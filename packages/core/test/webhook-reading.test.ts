import { expect, test } from "vitest";
import { changedAt, membersOf } from "./members.ts";
import { bodyOf, NOW_MS, ORDER, post, scene, SUBSCRIPTION } from "./webhook-scene.ts";

const READ_SUBSCRIPTION = {
  id: "0af3",
  sku: "gold",
  trialType: "FREE_TRIAL",
  isActive: true,
  isTrial: false,
  currentTerm: { term: "MONTHLY", price: { currency: "USD", minorUnits: 499n } },
  nextTerm: { price: { currency: "USD", minorUnits: 500n } },
};

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

const JOIN = { destination_api_name: "arena", joining_user: "0", lobby_session_id: "l", match_session_id: "m" };
const TOPICS: readonly (readonly [string, object, readonly string[]])[] = [
  ["join_intent", JOIN, []],
  [
    "order_status",
    ORDER,
    ["product_info", "product_info.notification_type", "product_info.reporting_id", "product_info.sku"],
  ],
  ...[
    ["subscription_started", { source_app: "7" }] as const,
    ["subscription_canceled", { cancel_reason: "PRICE_TOO_EXPENSIVE" }] as const,
    ["subscription_renewal_success", {}] as const,
    ["subscription_uncanceled", {}] as const,
    ["subscription_expired", {}] as const,
  ].map(
    ([topic, more]) =>
      [
        topic,
        { owner_id: "0", ...more, subscription: SUBSCRIPTION },
        ["owner_id", "subscription", "subscription.id", "subscription.sku"],
      ] as const,
  ),
];

test.each(TOPICS)(
  "a %s without any one optional member is that topic, with all the others",
  async (topic, value, needs) => {
    const { handler, events } = scene();
    await handler(post(bodyOf(topic, value)));
    const whole = events.splice(0)[0];
    expect(whole?.topic).toBe(topic);
    for (const path of membersOf(value)) {
      const { handler: fresh, events: came } = scene();
      expect((await fresh(post(bodyOf(topic, changedAt(value, path))))).status).toBe(200);
      const isNeeded = needs.includes(path.join("."));
      expect({ path, topic: came[0]?.topic }).toEqual({ path, topic: isNeeded ? "unknown" : topic });
      expect(came[0]).toMatchObject(isNeeded ? { field: topic, raw: {} } : { appId: "1", isTest: false });
    }
  },
);

test.each(TOPICS)(
  "a %s with an optional member written in an unknown way is that topic, and keeps it under raw",
  async (topic, value, needs) => {
    for (const path of membersOf(value)) {
      if (needs.includes(path.join(".")) || path.at(-1) === "developer_payload") continue;
      const { handler, events } = scene();
      await handler(post(bodyOf(topic, changedAt(value, path, ["odd"]))));
      expect({ path, topic: events[0]?.topic }).toEqual({ path, topic });
      expect(events[0]?.raw).toEqual(path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), ["odd"]));
    }
  },
);

test("an order without a payload, a user or a time is an order", async () => {
  const { handler, events } = scene();
  const product_info = { notification_type: "REFUNDED", reporting_id: "5f3b8f5c-0000", sku: "gems" };
  await handler(post(bodyOf("order_status", { product_info, user_id: "0" })));
  await handler(post(bodyOf("order_status", { product_info: { ...product_info, notification_type: "PURCHASED" } })));
  expect(events).toEqual([
    expect.objectContaining({ topic: "order_status", status: "REFUNDED", sku: "gems", userId: "0" }),
    expect.objectContaining({ topic: "order_status", status: "PURCHASED", sku: "gems" }),
  ]);
});

test("each change stands alone: one without a value, of no shape or in an odd entry takes no other with it", async () => {
  const { handler, events } = scene({ appId: "1" });
  const order = { field: "order_status", value: ORDER };
  const REFUND = changedAt(ORDER, ["product_info", "notification_type"], "REFUNDED");
  const changes = [{ field: "join_intent" }, { value: { of: "nothing" } }, "text", order];
  const odd = [
    { id: "1", time: 1_900_000_000, changes },
    { time: 1_900_000_000, changes: [{ field: "order_status", value: REFUND }] },
    { id: "1", changes: [{ field: "weather", value: { rain: true } }] },
    { id: "1", time: "soon", changes: "none", changed_fields: ["join_intent", 5] },
    7,
  ];
  expect((await handler(post(JSON.stringify({ object: "application", entry: odd })))).status).toBe(200);
  expect(events).toMatchObject([
    { topic: "changed", field: "join_intent", sentAt: new Date(1_900_000_000_000) },
    { topic: "unknown", field: "", raw: { value: { of: "nothing" } } },
    { topic: "unknown", field: "", raw: { value: "text" } },
    { topic: "order_status", sku: "gems" },
    { topic: "order_status", appId: "", sku: "gems" },
    { topic: "unknown", field: "weather", raw: { rain: true }, sentAt: new Date(NOW_MS) },
    { topic: "changed", field: "join_intent", sentAt: new Date(NOW_MS) },
    { topic: "unknown", field: "", raw: { value: 5 } },
    { topic: "unknown", field: "", appId: "", raw: { value: 7 } },
  ]);
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
