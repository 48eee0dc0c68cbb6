import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, type TriggeredEvent } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { control, idOf, post } from "./graph-client.ts";

interface Received {
  readonly bytes: Buffer;
  readonly headers: IncomingMessage["headers"];
  readonly body: any;
}

const HOUR = 3_600_000;
const VERIFY = "my verify token";
let received: Received[] = [];
/** Answers to come, in order; 200 when there is none. */
let statuses: number[] = [];
let emulator: Emulator;
let ada: string;

const receiver = createServer((incoming: IncomingMessage, response: ServerResponse) => void answer(incoming, response));

async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://receiver");
  if (incoming.method === "GET") {
    const good = url.pathname === "/hook" && url.searchParams.get("hub.verify_token") === VERIFY;
    response.writeHead(good ? 200 : 403).end(url.searchParams.get("hub.challenge"));
    return;
  }
  const bytes = await buffer(incoming);
  received.push({ bytes, headers: incoming.headers, body: JSON.parse(bytes.toString()) });
  response.writeHead(statuses.shift() ?? 200).end();
}

const callback = (path = "/hook"): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;
const register = (over: object = {}): Promise<void> =>
  emulator.webhooks.register({ callback_url: callback(), verify_token: VERIFY, ...over });
const joined = (user: string): TriggeredEvent => ({ field: "join_intent", value: { joining_user: user } });
const changes = (): any[] => received.flatMap(({ body }) => body.entry.flatMap((entry: any) => entry.changes));

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  emulator = await createEmulator({ clock: frozenClock() });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
  [received, statuses] = [[], []];
});
afterAll(async () => {
  await emulator.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

describe("registration", () => {
  it("wants the challenge back, with the verify token", async () => {
    await register();
    expect(emulator.webhooks.subscriptions()).toEqual([
      { appId: "1", callbackUrl: callback(), includeValues: true, fields: expect.arrayContaining(["order_status"]) },
    ]);
    expect(JSON.stringify(emulator.webhooks.subscriptions())).not.toContain(VERIFY);
    emulator.webhooks.unregister();
    await expect(register({ verify_token: "wrong" })).rejects.toThrow("webhook.callback_url");
    await expect(register({ callback_url: "http://127.0.0.1:1/" })).rejects.toThrow("did not answer");
    await expect(register({ callback_url: "ftp://x" })).rejects.toThrow("webhook.callback_url");
    await expect(register({ fields: ["weather"] })).rejects.toThrow("webhook.fields[0]");
    expect(emulator.webhooks.subscriptions()).toEqual([]);
    expect(() => emulator.webhooks.send([joined("x")])).toThrow("register its callback first");
  });

  it("comes with a seed, without a handshake", async () => {
    const webhook = { callback_url: callback(), verify_token: "anything" };
    emulator.reset({ apps: [{ id: "1", secret: "test-secret", webhook }] });
    emulator.webhooks.send([joined("x")]);
    await emulator.webhooks.idle();
    expect(received).toHaveLength(1);
  });
});

describe("a notification", () => {
  it("is signed over its raw bytes, all of them ASCII", async () => {
    await register();
    emulator.webhooks.send([joined("Zoë 🚀")]);
    await emulator.webhooks.idle();
    const [{ bytes, headers, body }] = received as [Received];
    expect(headers["content-type"]).toBe("application/json");
    expect(headers["x-hub-signature-256"]).toBe(
      `sha256=${createHmac("sha256", "test-secret").update(bytes).digest("hex")}`,
    );
    expect(bytes.toString("latin1")).toContain("Zo\\u00eb \\ud83d\\ude80");
    expect(body).toEqual({
      object: "application",
      entry: [{ id: "1", time: 1_900_000_000, changes: [{ field: "join_intent", value: { joining_user: "Zoë 🚀" } }] }],
    });
  });

  it("tells of orders", async () => {
    await register();
    const { reportingId } = emulator.world.store.buy(ada, "GEMS_50", { developerPayload: "order 7" });
    await post(emulator, "/1/refund_iap_entitlement", { user_id: ada, sku: "GEMS_50", reason: "other" });
    emulator.world.store.buy(ada, "NIGHT_ARENA");
    emulator.world.store.refund(ada, "NIGHT_ARENA", "CHARGEBACKED");
    emulator.world.store.grant(ada, "GEMS_50");
    await emulator.webhooks.idle();
    // Two characters, as they came from the platform for a purchase without a payload.
    const arena = received.filter(({ bytes }) => bytes.includes("NIGHT_ARENA"));
    expect(arena).toHaveLength(2);
    for (const { bytes } of arena) expect(bytes.toString()).toContain(String.raw`"developer_payload":"\"\""`);
    const types = changes().map(({ value }) => `${value.product_info.sku} ${value.product_info.notification_type}`);
    expect(types.sort()).toEqual([
      "GEMS_50 PURCHASED",
      "GEMS_50 REFUNDED",
      "NIGHT_ARENA CHARGEBACKED",
      "NIGHT_ARENA PURCHASED",
    ]);
    expect(changes().find(({ value }) => value.product_info.notification_type === "REFUNDED").value).toEqual({
      event_time: "1900000000",
      user_id: ada,
      product_info: {
        notification_type: "REFUNDED",
        reporting_id: reportingId,
        sku: "GEMS_50",
        developer_payload: "order 7",
      },
    });
  });

  it("tells of a subscription's life, in the order of the clock", async () => {
    await register();
    const { store } = emulator.world;
    const { id } = store.subscribe(ada, "CLUB", { trial: "FREE_TRIAL" });
    await emulator.webhooks.idle();
    const steps = [
      () => emulator.world.advance(8 * 24 * HOUR),
      () => store.cancelSubscription(ada, "CLUB", 1),
      () => store.uncancelSubscription(ada, "CLUB"),
      () => store.cancelSubscription(ada, "CLUB", 0),
      () => emulator.world.advance(40 * 24 * HOUR),
    ];
    for (const step of steps) {
      step();
      await emulator.webhooks.idle();
    }
    expect(changes().map(({ field }) => field)).toEqual([
      "subscription_started",
      "subscription_renewal_success",
      "subscription_canceled",
      "subscription_uncanceled",
      "subscription_canceled",
      "subscription_expired",
    ]);
    const [started, renewed, canceled] = changes().map(({ value }) => value);
    expect(started).toMatchObject({
      owner_id: ada,
      source_app: "1",
      subscription: {
        id,
        sku: "CLUB",
        trial_type: "TRIAL_OFFER",
        is_trial: true,
        is_active: true,
        period_start_time: "1900000000",
        next_renewal_time: "1900604800",
        next_price_term: { term: "MONTHLY", currency: "USD", price: "7.99" },
      },
    });
    expect(renewed.subscription).toMatchObject({ is_trial: false, period_start_time: "1900604800" });
    expect(renewed.subscription).not.toHaveProperty("trial_type");
    expect(canceled.cancel_reason).toBe("PRICE_TOO_EXPENSIVE");
    expect(changes().at(-1).value.subscription.is_active).toBe(false);
    expect(received[1]?.body.entry[0].time).toBe(1_900_604_800);
  });

  it("leaves out fields that are not subscribed, and values when they are off", async () => {
    await register({ fields: ["order_status"], include_values: false });
    emulator.world.store.subscribe(ada, "CLUB");
    emulator.world.store.buy(ada, "GEMS_50");
    await emulator.webhooks.idle();
    expect(received.map(({ body }) => body.entry)).toEqual([
      [{ id: "1", time: 1_900_000_000, changed_fields: ["order_status"] }],
    ]);
  });

  it("may have a change without a value among others", async () => {
    await register();
    emulator.webhooks.send([{ field: "order_status" }, joined("a")]);
    await emulator.webhooks.idle();
    expect(changes()).toEqual([{ field: "order_status" }, joined("a")]);
  });

  it("comes in batches, in copies, and as a test", async () => {
    await register();
    emulator.webhooks.hold();
    emulator.world.store.buy(ada, "GEMS_50");
    emulator.world.store.buy(ada, "NIGHT_ARENA");
    emulator.world.advance(2_000);
    emulator.world.store.buy(ada, "GEMS_50");
    await emulator.webhooks.idle();
    expect(received).toEqual([]);
    emulator.webhooks.release({ copies: 2 });
    await emulator.webhooks.idle();
    expect(received[0]?.bytes.equals(received[1]?.bytes ?? Buffer.from(""))).toBe(true);
    expect(received[0]?.body.entry.map((entry: any) => [entry.time, entry.changes.length])).toEqual([
      [1_900_000_000, 2],
      [1_900_000_002, 1],
    ]);
    emulator.webhooks.send([joined("a"), joined("b")], { test: true });
    await emulator.webhooks.idle();
    expect(received[2]?.body.entry).toMatchObject([{ id: "0", changes: [{}, {}] }]);
    expect(() => emulator.webhooks.send([])).toThrow("events");
    expect(() => emulator.webhooks.send([joined("a")], { copies: 101 })).toThrow("copies");
  });
});

describe("a failed delivery", () => {
  const attempts = (): number => emulator.webhooks.deliveries()[0]?.attempts.length ?? 0;
  const step = async (ms: number): Promise<number> => {
    emulator.world.advance(ms);
    await emulator.webhooks.idle();
    return attempts();
  };

  it("is tried again at once, then ever less often, with the secret of the time", async () => {
    await register();
    statuses = [500, 404, 302];
    emulator.webhooks.send([joined("a")]);
    await emulator.webhooks.idle();
    expect(attempts()).toBe(2);
    expect(await step(59_999)).toBe(2);
    expect(await step(1)).toBe(3);
    emulator.world.rotateSecret("1", "newer");
    expect(await step(3 * 60_000)).toBe(3);
    expect(await step(60_000)).toBe(4);
    expect(emulator.webhooks.deliveries()[0]).toMatchObject({
      state: "delivered",
      fields: ["join_intent"],
      attempts: [{ status: 500 }, { status: 404 }, { status: 302 }, { status: 200, at: 1_900_000_300_000 }],
    });
    const last = received.at(-1);
    expect(last?.headers["x-hub-signature-256"]).toBe(
      `sha256=${createHmac("sha256", "newer")
        .update(last?.bytes ?? "")
        .digest("hex")}`,
    );
    expect(await step(40 * HOUR)).toBe(4);
  });

  it("is dropped after 36 hours, however the clock moves", async () => {
    await register();
    statuses = Array.from({ length: 50 }, () => 503);
    emulator.webhooks.send([joined("a")]);
    await emulator.webhooks.idle();
    expect(await step(35 * HOUR)).toBe(10);
    expect(emulator.webhooks.deliveries()[0]?.state).toBe("pending");
    expect(await step(HOUR)).toBe(11);
    expect(emulator.webhooks.deliveries()[0]?.state).toBe("dropped");
    expect(await step(100 * HOUR)).toBe(11);
  });

  it("is tried at each of its own times when the clock goes over all of them at once", async () => {
    await register();
    statuses = Array.from({ length: 50 }, () => 503);
    emulator.webhooks.send([joined("a")]);
    await emulator.webhooks.idle();
    await step(100 * HOUR);
    const minutes = emulator.webhooks.deliveries()[0]?.attempts.map(({ at }) => (at - 1_900_000_000_000) / 60_000);
    expect(minutes).toEqual([0, 0, 1, 5, 15, 60, 3 * 60, 7 * 60, 13 * 60, 23 * 60, 36 * 60]);
    expect(received).toHaveLength(11);
  });

  it("is tried at its own times, too, when the clock is moved while an attempt is on its way", async () => {
    await register();
    statuses = [503, 503, 503, 503];
    emulator.webhooks.send([joined("a")]);
    emulator.world.advance(10 * 60_000);
    await emulator.webhooks.idle();
    emulator.world.advance(10 * 60_000);
    await emulator.webhooks.idle();
    const attempted = emulator.webhooks.deliveries()[0]?.attempts.map(({ at }) => (at - 1_900_000_000_000) / 60_000);
    expect(attempted).toEqual([0, 0, 1, 5, 15]);
  });

  it("has no status when nobody listens, and ends with a reset", async () => {
    const webhook = { callback_url: "http://127.0.0.1:1/", verify_token: "x" };
    emulator.reset({ apps: [{ id: "1", secret: "s", webhook }] });
    emulator.webhooks.send([joined("a")]);
    await emulator.webhooks.idle();
    expect(emulator.webhooks.deliveries()[0]).toMatchObject({ attempts: [{ status: null }, { status: null }] });
    emulator.reset();
    expect(emulator.webhooks.deliveries()).toEqual([]);
    emulator.world.advance(HOUR);
    await emulator.webhooks.idle();
    expect(emulator.webhooks.deliveries()).toEqual([]);
  });
});

describe("over HTTP", () => {
  it("registers, sends, holds, releases and shows", async () => {
    const webhook = { callback_url: callback(), verify_token: VERIFY };
    expect((await control(emulator, "POST", "/webhooks", { webhook })).body).toEqual({ registered: true });
    await control(emulator, "POST", "/webhooks/send", { events: [joined("a")], copies: 2, test: true });
    await control(emulator, "POST", "/webhooks/hold");
    await control(emulator, "POST", "/purchases", { userId: ada, sku: "GEMS_50" });
    await control(emulator, "POST", "/webhooks/release", {});
    await control(emulator, "POST", "/webhooks/idle");
    expect(received).toHaveLength(3);
    const { body } = await control(emulator, "GET", "/webhooks");
    expect(body.subscriptions).toHaveLength(1);
    expect(body.deliveries.map((each: any) => each.state)).toEqual(["delivered", "delivered", "delivered"]);
    expect(JSON.stringify(body)).not.toContain(VERIFY);
    await control(emulator, "DELETE", "/webhooks");
    expect((await control(emulator, "POST", "/webhooks/send", { events: [joined("a")] })).status).toBe(400);
    expect((await control(emulator, "POST", "/webhooks", { webhook: { ...webhook, verify_token: "no" } })).status).toBe(
      400,
    );
  });
});
