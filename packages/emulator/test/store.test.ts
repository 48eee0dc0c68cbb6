import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, get, GRACE_TOKEN, idOf, post, type Reply } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator({ clock: frozenClock() });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const NOW = 1_900_000_000;
const verify = (sku?: string): Promise<Reply> =>
  post(emulator, "/1/verify_entitlement", { user_id: ada, ...(sku === undefined ? {} : { sku }) });
const consume = (sku: string): Promise<Reply> => post(emulator, "/1/consume_entitlement", { user_id: ada, sku });
const refund = (sku: string, reason = "other"): Promise<Reply> =>
  post(emulator, "/1/refund_iap_entitlement", { user_id: ada, sku, reason });

describe("verify_entitlement", () => {
  it("asks about the app without a sku", async () => {
    expect((await verify()).body).toEqual({ success: true, grant_time: NOW });
    emulator.world.store.setEntitled(ada, false);
    expect((await verify()).body).toEqual({ success: false });
    emulator.world.advance(5_000);
    emulator.world.store.setEntitled(ada, true);
    expect((await verify()).body).toEqual({ success: true, grant_time: NOW + 5 });
  });

  it("asks about an item: bought, expired, unknown, subscribed", async () => {
    expect((await verify("GEMS_50")).body).toEqual({ success: false });
    emulator.world.store.buy(ada, "GEMS_50", { expiresInMs: 10_000 });
    expect((await verify("GEMS_50")).body).toEqual({ success: true, grant_time: NOW });
    emulator.world.advance(10_000);
    expect((await verify("GEMS_50")).body).toEqual({ success: false });
    expect((await verify("NO_SUCH_SKU")).body).toEqual({ success: false });
    emulator.world.store.subscribe(ada, "CLUB");
    expect((await verify("CLUB")).body).toEqual({ success: true, grant_time: NOW + 10 });
  });

  it("takes the user from a user token, and refuses another's", async () => {
    const path = "/1/verify_entitlement";
    expect((await post(emulator, path, {}, ADA_TOKEN)).body.success).toBe(true);
    expect((await post(emulator, path, { user_id: ada }, GRACE_TOKEN)).body.error.code).toBe(10);
    expect((await post(emulator, path, {})).body.error.code).toBe(100);
    expect((await post(emulator, path, { user_id: "77" })).body.error.code).toBe(100);
    emulator.switches.set({ writePolicy: "strict" });
    expect((await post(emulator, path, {}, ADA_TOKEN)).body.error.code).toBe(100);
    expect((await post(emulator, path, { user_id: ada }, ADA_TOKEN)).body.success).toBe(true);
  });
});

describe("consume_entitlement", () => {
  it("consumes one unit a call, until it is bought again", async () => {
    emulator.world.store.buy(ada, "GEMS_50");
    emulator.world.store.buy(ada, "GEMS_50");
    expect((await consume("GEMS_50")).body).toEqual({ success: true });
    expect((await verify("GEMS_50")).body.success).toBe(true);
    expect((await consume("GEMS_50")).body).toEqual({ success: true });
    expect((await verify("GEMS_50")).body).toEqual({ success: false });
    expect((await consume("GEMS_50")).body.error.code).toBe(100);
    expect(emulator.oracle.purchase(ada, "GEMS_50")).toEqual({ consumed: 2, refunded: 0 });
    emulator.world.store.buy(ada, "GEMS_50");
    expect((await verify("GEMS_50")).body.success).toBe(true);
  });

  it("refuses what is no consumable or not owned, in the form of the switch", async () => {
    emulator.world.store.grant(ada, "NIGHT_ARENA");
    expect((await consume("NIGHT_ARENA")).body.error.code).toBe(100);
    emulator.switches.set({ refusedPurchases: "flag" });
    const reply = await consume("NIGHT_ARENA");
    expect([reply.status, reply.body]).toEqual([200, { success: false }]);
    expect((await consume("GEMS_50")).body).toEqual({ success: false });
    expect((await post(emulator, "/1/consume_entitlement", { user_id: ada })).body.error.code).toBe(100);
    expect(emulator.oracle.purchase(ada, "NIGHT_ARENA").consumed).toBe(0);
    expect(emulator.requests.count({ effect: true })).toBe(0);
  });
});

describe("refund_iap_entitlement", () => {
  it("takes durables, bundles and unconsumed consumables back, once", async () => {
    for (const sku of ["NIGHT_ARENA", "STARTER_KIT", "GEMS_50"]) {
      emulator.world.store.buy(ada, sku);
      expect((await refund(sku)).body).toEqual({ success: true });
      expect((await verify(sku)).body.success).toBe(false);
      expect((await refund(sku)).body.error.code).toBe(100);
      expect(emulator.oracle.purchase(ada, sku).refunded).toBe(1);
    }
    emulator.world.store.buy(ada, "GEMS_50");
    await consume("GEMS_50");
    expect((await refund("GEMS_50")).body.error.code).toBe(100);
    expect((await refund("GEMS_50", "")).body.error.message).toContain("reason");
    const states = emulator.world.store.purchases(ada).map(({ sku, state }) => `${sku} ${state}`);
    expect(states).toEqual(["NIGHT_ARENA refunded", "STARTER_KIT refunded", "GEMS_50 refunded", "GEMS_50 consumed"]);
  });
});

describe("viewer_purchases", () => {
  const fields = "fields=grant_time,expiration_time,item{sku}";

  it("lists what is owned and not consumed", async () => {
    emulator.world.store.buy(ada, "NIGHT_ARENA");
    emulator.world.store.buy(ada, "GEMS_50", { expiresInMs: 60_000, developerPayload: "order 7" });
    emulator.world.store.buy(ada, "GEMS_50");
    await consume("GEMS_50");
    const { body } = await get(emulator, `/1/viewer_purchases?user_id=${ada}&${fields},developer_payload,reporting_id`);
    const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const common = { id: expect.stringMatching(/^\d+$/), grant_time: NOW, developer_payload: "", reporting_id: uuid };
    expect(body.data).toEqual([
      { ...common, expiration_time: 0, item: { id: expect.any(String), sku: "NIGHT_ARENA" } },
      { ...common, expiration_time: 0, item: { id: expect.any(String), sku: "GEMS_50" } },
    ]);
    expect(body.paging.cursors).toEqual({ before: expect.any(String), after: expect.any(String) });
    expect((await get(emulator, "/1/viewer_purchases", GRACE_TOKEN)).body).toEqual({ data: [] });
  });

  it("pages, also where all ids are zero", async () => {
    for (let i = 0; i < 5; i += 1) emulator.world.store.grant(ada, "GEMS_50", { developerPayload: String(i) });
    emulator.switches.set({ purchaseIds: "zero", pageSize: 2 });
    const seen: string[] = [];
    let path: string | undefined = `/1/viewer_purchases?user_id=${ada}&fields=developer_payload`;
    while (path !== undefined) {
      const { body }: Reply = await get(emulator, path);
      for (const row of body.data) seen.push(`${row.id} ${row.developer_payload}`);
      path = body.paging.next?.slice(emulator.url.length);
    }
    expect(seen).toEqual(["0 0", "0 1", "0 2", "0 3", "0 4"]);
  });
});

describe("available_purchases", () => {
  const path =
    "/application/available_purchases?fields=sku,current_offer{name,price{currency,amount_in_hundredths,formatted}}";

  it("shows the app everything on sale, a subscription a row a term", async () => {
    const { body } = await get(emulator, path);
    const rows = body.data.map((row: any) => [row.sku, row.current_offer.price.formatted]);
    expect(rows).toEqual([
      ["GEMS_50", "$1.99"],
      ["NIGHT_ARENA", "$4.99"],
      ["STARTER_KIT", "$9.99"],
      ["CLUB:SUBSCRIPTION__MONTHLY", "$7.99"],
      ["CLUB:SUBSCRIPTION__ANNUAL", "$59.99"],
    ]);
    expect(body.data[0].current_offer).toEqual({
      id: expect.stringMatching(/^\d+$/),
      name: "50 gems",
      price: { currency: "USD", amount_in_hundredths: 199, formatted: "$1.99" },
    });
    expect(body.data[3].id).toBe(body.data[4].id);
    expect(body.paging).toEqual({ cursors: { before: expect.any(String), after: expect.any(String) } });
  });

  it("hides from a user what it owns for good, and from all what is not on sale", async () => {
    emulator.world.store.grant(ada, "NIGHT_ARENA");
    emulator.world.store.grant(ada, "GEMS_50");
    const price = { currency: "EUR", amount_in_hundredths: 5 };
    emulator.world.store.setItem({ sku: "OLD_HAT", item_type: "DURABLE", price, on_sale: false });
    const skus = async (token?: string) => (await get(emulator, path, token)).body.data.map((row: any) => row.sku);
    expect(await skus(ADA_TOKEN)).not.toContain("NIGHT_ARENA");
    expect(await skus(ADA_TOKEN)).toContain("GEMS_50");
    expect(await skus()).not.toContain("OLD_HAT");
    emulator.world.store.setItem({ sku: "OLD_HAT", item_type: "DURABLE", price });
    expect(await skus()).toContain("OLD_HAT");
  });

  it("shows plans with their trials", async () => {
    const trial = { trial_type: "INTRO_OFFER", trial_term: "MONTHLY", max_term_count: 3 } as const;
    const usd = (amount: number) => ({ currency: "USD", amount_in_hundredths: amount });
    const plan = {
      subscription_term: "MONTHLY",
      price: usd(799),
      trial_offers: [{ ...trial, price: usd(99) }],
    } as const;
    emulator.world.store.setItem({ sku: "GUILD", item_type: "SUBSCRIPTION", billing_plans: [plan] });
    const offer = "id,name,subscription_term,price{formatted}";
    const trials = "trial_type,trial_term,max_term_count,price{amount_in_hundredths}";
    const fields = `sku,current_offer{${offer}},billing_plans{paid_offer{${offer}},trial_offers{${trials}}}`;
    const { body } = await get(emulator, `/application/available_purchases?fields=${fields}`);
    const guild = body.data.at(-1);
    expect(guild).toMatchObject({ sku: "GUILD", current_offer: { price: { formatted: "$0.99" } } });
    expect(guild.billing_plans).toEqual([
      {
        paid_offer: {
          id: expect.any(String),
          name: "GUILD",
          subscription_term: "MONTHLY",
          price: { formatted: "$7.99" },
        },
        trial_offers: [{ id: expect.any(String), ...trial, price: { amount_in_hundredths: 99 } }],
      },
    ]);
  });
});

describe("the store's levers", () => {
  it("name what cannot be", () => {
    const { store } = emulator.world;
    expect(() => store.buy(ada, "NOTHING")).toThrow('sku: app 1 sells no "NOTHING"; it has GEMS_50');
    expect(() => store.buy(ada, "CLUB")).toThrow("subscribe the user instead");
    expect(() => store.refund(ada, "GEMS_50")).toThrow("the user owns no GEMS_50");
    expect(() => store.setEntitled("5", true)).toThrow("userId");
    expect(() =>
      store.setItem({ sku: "GEMS_50", item_type: "DURABLE", price: { currency: "USD", amount_in_hundredths: 1 } }),
    ).toThrow("item.item_type: GEMS_50 is a CONSUMABLE");
    expect(() => store.setItem({ sku: "X", item_type: "SUBSCRIPTION" })).toThrow("item.billing_plans");
    expect(() => store.setItem({ sku: "X", item_type: "DURABLE" })).toThrow("item.price");
  });
});
