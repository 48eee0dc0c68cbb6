import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, get, idOf, post, type Reply } from "./graph-client.ts";

// 2026-01-31T12:00:00Z: the last day of a month.
const START = 1_769_860_800_000;
const DAY = 86_400_000;
let emulator: Emulator;
let ada: string;
let grace: string;
beforeAll(async () => {
  emulator = await createEmulator({ clock: frozenClock(START) });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
  grace = idOf(emulator, "grace");
});
afterAll(() => emulator.close());

const TIMES = "period_start_time,period_end_time,next_renewal_time,cancellation_time";
const list = (query = "", token?: string): Promise<Reply> =>
  get(emulator, `/application/subscriptions?${query}`, token);
const first = async (fields: string): Promise<any> => (await list(`fields=${fields}`)).body.data[0];
const cancel = (changes: Record<string, string> = {}): Promise<Reply> =>
  post(emulator, "/application/cancel_subscription", { owner_id: ada, sku: "CLUB", cancel_reason: "1", ...changes });
const extend = (days: string, changes: Record<string, string> = {}): Promise<Reply> =>
  post(emulator, "/application/extend_subscription", { owner_id: ada, sku: "CLUB", number_of_days: days, ...changes });

describe("the list", () => {
  it("shows the app every subscriber, and a user its own", async () => {
    emulator.world.store.subscribe(ada, "CLUB");
    emulator.world.store.subscribe(grace, "CLUB", { term: "ANNUAL" });
    const row = (owner: string) => ({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      sku: "CLUB",
      owner: { id: owner },
      is_active: true,
    });
    expect((await list()).body.data).toEqual([row(ada), row(grace)]);
    expect((await list("", ADA_TOKEN)).body.data).toEqual([row(ada)]);
    expect((await list(`owner_id=${grace}`)).body.data).toEqual([row(grace)]);
    expect((await list(`owner_id=${ada}`, ADA_TOKEN)).body.error.code).toBe(100);
    expect((await list("skus=NONE,CLUB&is_active=true&is_trial=false")).body.data).toHaveLength(2);
    expect((await list("skus=NONE")).body.data).toEqual([]);
    expect((await list("is_trial=true")).body.data).toEqual([]);
    expect((await list("limit=1525")).status).toBe(200);
    expect((await list("limit=1526")).body.error.code).toBe(100);
    expect((await list("limit=1")).body.paging.next).toContain("limit=1&after=");
  });

  it("shows times as ISO text and prices as decimal text", async () => {
    emulator.world.store.subscribe(ada, "CLUB");
    const terms = "current_price_term{term,currency,price},next_price_term";
    expect(await first(`${TIMES},is_trial,trial_type,${terms}`)).toEqual({
      id: expect.any(String),
      period_start_time: "2026-01-31T12:00:00+0000",
      period_end_time: "2026-02-28T12:00:00+0000",
      next_renewal_time: "2026-02-28T12:00:00+0000",
      is_trial: false,
      current_price_term: { term: "MONTHLY", currency: "USD", price: "7.99" },
      next_price_term: { term: "MONTHLY", currency: "USD", price: "7.99" },
    });
  });
});

describe("on the moving clock", () => {
  it("renews month by month on its day", async () => {
    emulator.world.store.subscribe(ada, "CLUB");
    const ends: string[] = [];
    for (let month = 0; month < 4; month += 1) {
      ends.push((await first(TIMES)).period_end_time.slice(0, 10));
      emulator.world.advance(31 * DAY);
    }
    expect(ends).toEqual(["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]);
  });

  it("catches up over many periods in one move", async () => {
    emulator.world.store.subscribe(ada, "CLUB", { term: "ANNUAL" });
    emulator.world.advance(365 * 3 * DAY + DAY);
    expect(await first(TIMES)).toMatchObject({ period_start_time: "2029-01-31T12:00:00+0000" });
    expect(emulator.world.store.subscriptions(ada)[0]).toMatchObject({ active: true, price: "59.99" });
  });

  it("turns a trial into the paid term", async () => {
    emulator.world.store.subscribe(ada, "CLUB", { trial: "FREE_TRIAL" });
    const fields = `is_trial,trial_type,period_end_time,current_price_term{price},next_price_term{price}`;
    expect(await first(fields)).toMatchObject({
      is_trial: true,
      trial_type: "FREE_TRIAL",
      period_end_time: "2026-02-07T12:00:00+0000",
      current_price_term: { price: "0.00" },
      next_price_term: { price: "7.99" },
    });
    emulator.world.advance(7 * DAY);
    const paid = await first(fields);
    expect(paid).toMatchObject({ is_trial: false, current_price_term: { price: "7.99" } });
    expect(paid).not.toHaveProperty("trial_type");
  });

  it("keeps an introductory price for its terms", () => {
    const price = (amount: number) => ({ currency: "USD", amount_in_hundredths: amount });
    const trial = { trial_type: "INTRO_OFFER", trial_term: "WEEKLY", max_term_count: 2, price: price(100) } as const;
    const plans = [{ subscription_term: "BIWEEKLY", price: price(900), trial_offers: [trial] }] as const;
    emulator.world.store.setItem({ sku: "GUILD", item_type: "SUBSCRIPTION", billing_plans: plans });
    emulator.world.store.subscribe(ada, "GUILD", { trial: "INTRO_OFFER" });
    const prices: string[] = [];
    for (let week = 0; week < 4; week += 1) {
      prices.push(emulator.world.store.subscriptions(ada)[0]?.price ?? "");
      emulator.world.advance(7 * DAY);
    }
    expect(prices).toEqual(["1.00", "1.00", "9.00", "9.00"]);
  });
});

describe("cancellation", () => {
  it("ends with the period, once", async () => {
    emulator.world.store.subscribe(ada, "CLUB");
    emulator.world.advance(DAY);
    expect((await cancel()).body).toEqual({ success: true });
    expect(await first(`is_active,${TIMES}`)).toMatchObject({
      is_active: true,
      cancellation_time: "2026-02-01T12:00:00+0000",
      period_end_time: "2026-02-28T12:00:00+0000",
    });
    expect((await cancel()).body.error.code).toBe(100);
    emulator.world.advance(27 * DAY);
    const ended = await first(`is_active,${TIMES}`);
    expect(ended).toMatchObject({ is_active: false });
    expect(ended).not.toHaveProperty("next_renewal_time");
    expect((await cancel()).body.error.message).toContain("PARAM");
    expect(emulator.oracle.subscription(ada, "CLUB")).toEqual({ cancelled: 1, extensions: 0, extendedDays: 0 });
  });

  it("takes an alias, and checks its parameters", async () => {
    emulator.world.store.subscribe(ada, "CLUB");
    expect((await cancel({ owner_id: "", owner_alias: "grace" })).body.error.code).toBe(100);
    expect((await cancel({ owner_id: "" })).body.error.code).toBe(100);
    expect((await cancel({ owner_id: "12" })).body.error.code).toBe(100);
    expect((await cancel({ cancel_reason: "6" })).body.error.code).toBe(100);
    expect((await cancel({ cancel_reason: "" })).body.error.code).toBe(100);
    expect((await cancel({ sku: "GEMS_50" })).body.error.code).toBe(100);
    const byUser = { owner_id: ada, sku: "CLUB", cancel_reason: "0" };
    expect((await post(emulator, "/application/cancel_subscription", byUser, ADA_TOKEN)).body.error.code).toBe(10);
    expect((await cancel({ owner_id: "", owner_alias: "ada" })).body).toEqual({ success: true });
  });

  it("is taken back in the headset, and a restart keeps the id", () => {
    const { store } = emulator.world;
    const { id } = store.subscribe(ada, "CLUB");
    store.cancelSubscription(ada, "CLUB", 3);
    store.uncancelSubscription(ada, "CLUB");
    emulator.world.advance(40 * DAY);
    expect(store.subscriptions(ada)[0]?.active).toBe(true);
    store.cancelSubscription(ada, "CLUB");
    emulator.world.advance(40 * DAY);
    expect(store.subscriptions(ada)[0]?.active).toBe(false);
    expect(store.subscribe(ada, "CLUB").id).toBe(id);
    expect(() => store.subscribe(ada, "CLUB")).toThrow("subscribed to CLUB already");
    expect(() => store.uncancelSubscription(ada, "CLUB")).toThrow("not cancelled");
    expect(() => store.cancelSubscription(grace, "CLUB")).toThrow("no active subscription");
  });
});

describe("extension", () => {
  it("adds its days at every call, and moves the renewal only", async () => {
    emulator.world.store.subscribe(ada, "CLUB");
    for (const _ of [1, 2]) expect((await extend("10")).body).toEqual({ success: true });
    expect(await first(TIMES)).toMatchObject({
      period_end_time: "2026-02-28T12:00:00+0000",
      next_renewal_time: "2026-03-20T12:00:00+0000",
    });
    emulator.world.advance(47 * DAY);
    expect(await first(TIMES)).toMatchObject({ period_start_time: "2026-01-31T12:00:00+0000" });
    emulator.world.advance(DAY);
    expect(await first(TIMES)).toMatchObject({ period_start_time: "2026-03-20T12:00:00+0000" });
    expect(emulator.oracle.subscription(ada, "CLUB")).toEqual({ cancelled: 0, extensions: 2, extendedDays: 20 });
  });

  it("takes 1 to 365 days, ten years in all", async () => {
    emulator.world.store.subscribe(ada, "CLUB");
    for (const days of ["0", "366", "-1", "", "x"]) expect((await extend(days)).body.error.code).toBe(100);
    for (let year = 0; year < 10; year += 1) expect((await extend("365")).body).toEqual({ success: true });
    expect((await extend("1")).body.error.message).toContain("ten years");
    expect(emulator.world.store.subscriptions(ada)[0]?.extendedDays).toBe(3_650);
  });
});

describe("a seed", () => {
  it("starts subscriptions in the past and purchases with their times", async () => {
    const seconds = START / 1000;
    const seed = {
      users: [
        {
          alias: "eve",
          subscriptions: [{ sku: "CLUB", period_start_time: seconds - 40 * 86_400, cancelled: true }],
          purchases: [{ sku: "GEMS_50", grant_time: 5, expiration_time: seconds + 60 }],
        },
      ],
    };
    emulator.reset(seed);
    expect(await first(TIMES)).toMatchObject({ period_start_time: "2026-01-22T12:00:00+0000" });
    const eve = idOf(emulator, "eve");
    const { body } = await get(emulator, `/1/viewer_purchases?user_id=${eve}&fields=grant_time,expiration_time`);
    expect(body.data).toEqual([{ id: expect.any(String), grant_time: 5, expiration_time: seconds + 60 }]);
    emulator.world.advance(30 * DAY);
    expect((await list("is_active=true")).body.data).toEqual([]);
    const late = { users: [{ alias: "eve", subscriptions: [{ sku: "CLUB", period_start_time: seconds + 1 }] }] };
    expect(() => emulator.reset(late)).toThrow("seed.users[0].subscriptions[0].period_start_time");
  });
});
