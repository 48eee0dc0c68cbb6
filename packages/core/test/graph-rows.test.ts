import { afterEach, beforeEach, expect, test } from "vitest";
import { changedAt, membersOf } from "./members.ts";
import { json, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import { createGraphClient, type GraphClient } from "../src/graph/graph-client.ts";
import type { SkippedRow } from "../src/graph/pages.ts";
import type { RowList } from "../src/graph/row-list.ts";
import { undiciTransport } from "../src/graph/undici-transport.ts";

let server: ScriptedServer;
let client: GraphClient;
let heard: SkippedRow[];

beforeEach(async () => {
  server = await scriptedServer();
  heard = [];
  client = createGraphClient({
    app: { id: "1", secret: "test-secret" },
    federatedApp: { id: "2", secret: "federated-secret" },
    transport: undiciTransport({ baseUrl: server.url }),
    baseUrl: server.url,
    onSkippedRow: (row) => void heard.push(row),
  });
});
afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

const PRICE = { currency: "USD", amount_in_hundredths: 499, formatted: "$4.99" };
const TERM = { term: "MONTHLY", currency: "USD", price: "4.99" };

interface Listed {
  readonly call: string;
  readonly list: () => RowList<object>;
  readonly row: object;
  readonly other: object;
  /** Members without which it is no row. */
  readonly needs: readonly string[];
  readonly page?: (rows: readonly unknown[]) => object;
}

const LISTS: readonly Listed[] = [
  {
    call: "leaderboards.entries",
    list: () => client.leaderboards.entries({ apiName: "BEST" }),
    row: {
      id: "7400000000000001",
      user: { id: "0", alias: "ada", display_name: "Ada", profile_url: "https://p.example" },
      rank: 25,
      score: 12345,
      timestamp: 1_900_000_000,
      extra_data_base64: "aGVsbG8=",
    },
    other: { id: "2", score: 1 },
    needs: ["id", "score"],
  },
  {
    call: "purchases.owned",
    list: () => client.purchases.owned({ userId: "42" }),
    row: { id: 7_500_000_001, grant_time: 1_900_000_000, expiration_time: 0, item: { sku: "gem_50", id: 75 } },
    other: { item: { sku: "other" } },
    needs: [],
  },
  {
    call: "purchases.available",
    list: () => client.purchases.available(),
    row: {
      id: "1",
      sku: "gold",
      current_offer: { id: "2", name: "Gold", description: "All of it", price: PRICE },
      billing_plans: [],
    },
    other: { sku: "other" },
    needs: ["sku", "current_offer.price.currency", "current_offer.price.amount_in_hundredths"],
  },
  {
    call: "subscriptions.list",
    list: () => client.subscriptions.list(),
    row: {
      id: "0af3",
      sku: "gold",
      owner: { id: "42" },
      is_active: true,
      is_trial: false,
      trial_type: "FREE_TRIAL",
      period_start_time: "2031-03-09T13:04:20+0000",
      period_end_time: "2031-04-09T13:04:20+0000",
      cancellation_time: "2031-03-10T13:04:20+0000",
      next_renewal_time: "2031-04-09T13:04:20+0000",
      current_price_term: TERM,
      next_price_term: TERM,
    },
    other: { sku: "other" },
    needs: ["sku"],
  },
  {
    call: "deviceBans.list",
    list: () => client.deviceBans.list(),
    row: { ban_id: "MTIzNDU2Nzg5MA", creation_date: "2031-05-27" },
    other: { ban_id: "MQ" },
    needs: ["ban_id"],
    page: (rows) => ({ data: [{ message: "Success", all_ban_ids: rows }] }),
  },
  {
    call: "federatedUsers.list",
    list: () => client.federatedUsers.list(),
    row: { id: "8", persistent_id: "mine", display_name: "Ada", unique_name: "Ada#1" },
    other: { id: "9" },
    needs: ["id"],
  },
];

async function read(list: RowList<object>): Promise<object[]> {
  const rows: object[] = [];
  for await (const row of list) rows.push(row);
  return rows;
}

test.each(LISTS)("$call: a member that is left out costs at most its own row, which is counted", async (listed) => {
  const { call, row, other, needs, page = (rows: readonly unknown[]) => ({ data: rows }) } = listed;
  for (const path of membersOf(row)) {
    server.answer(json(page([changedAt(row, path), other])));
    const list = listed.list();
    const isNeeded = needs.includes(path.join("."));
    const rows = await read(list);
    expect({ path, rows: rows.length, skipped: list.skipped }).toEqual({
      path,
      rows: isNeeded ? 1 : 2,
      skipped: isNeeded ? 1 : 0,
    });
    expect(heard.splice(0)).toEqual(
      isNeeded ? [{ operation: call, problem: `${path.join(".")} is missing or of another kind than expected` }] : [],
    );
  }
});

test.each(LISTS)("$call: a row that is no object, and one of nonsense, cost themselves alone", async (listed) => {
  const { row, other, page = (rows: readonly unknown[]) => ({ data: rows }) } = listed;
  const nonsense = membersOf(row).flatMap((path) => [changedAt(row, path, { odd: [1] }), changedAt(row, path, 1.5)]);
  const all = [null, 7, "text", [], ...nonsense, other];
  server.answer(json(page(all)));
  const list = listed.list();
  const rows = await read(list);
  const different = new Set(rows.map((one) => JSON.stringify(one, (_name, part: unknown) => String(part))));
  expect(rows.length).toBeGreaterThan(0);
  expect(list.skipped).toBeGreaterThanOrEqual(4);
  expect(list.skipped + rows.length).toBeLessThanOrEqual(all.length);
  expect(different.size).toBeGreaterThan(0);
  expect(heard).toHaveLength(list.skipped);
});

test("user id 0 and numeric ids are read", async () => {
  server.answer(
    json({
      data: [
        { id: 1, score: 5, user: { id: "0" } },
        { id: 2, score: 4, user: { id: 0 } },
        { id: 3, score: 3, user: { alias: "x" } },
      ],
    }),
  );
  expect(await read(client.leaderboards.entries({ apiName: "BEST" }))).toEqual([
    { id: "1", score: 5n, userId: "0" },
    { id: "2", score: 4n, userId: "0" },
    { id: "3", score: 3n, alias: "x" },
  ]);
  server.answer(json({ data: [{ id: 7_500_000_001, item: { sku: "gem_50" } }, { id: "0" }] }));
  expect(await read(client.purchases.owned({ userId: "0" }))).toEqual([
    { id: "7500000001", sku: "gem_50" },
    { id: "0" },
  ]);
  server.answer(json({ id: "0", alias: "nobody" }));
  expect(await client.users.me("OCAplayer")).toEqual({ id: "0", alias: "nobody" });
});

const PROGRESS = {
  id: "7200000000000001",
  definition: { id: "71", api_name: "SEE_ALL", target: 3 },
  count_progress: 2,
  bitfield_progress: "1001100",
  is_unlocked: true,
  unlock_time: 1_900_000_000,
};

test("A4 without any one member is still that row; one of nonsense is unknown, never absent", async () => {
  for (const path of membersOf(PROGRESS)) {
    server.answer(json({ data: [changedAt(PROGRESS, path)] }));
    const [row, ...more] = await client.achievements.read("42");
    const isNamed = !["definition", "definition.api_name"].includes(path.join("."));
    expect({ path, name: row?.apiName, more }).toEqual({ path, name: isNamed ? "SEE_ALL" : undefined, more: [] });
  }
  const odd = { ...PROGRESS, count_progress: "many" };
  server.answer(json({ data: [odd, { ...PROGRESS, definition: { api_name: "OTHER" } }] }));
  const [unknown, other] = await client.achievements.read("42");
  expect(unknown).toEqual({ raw: odd });
  expect(other?.apiName).toBe("OTHER");
  expect(await client.achievements.readOne("42", "SEE_ALL")).toBe("unreadable");
  server.answer(json({ data: [odd] }));
  expect(await client.achievements.readOne("42", "SEE_ALL")).toEqual({ raw: odd });
  expect(heard.map(({ operation }) => operation)).toEqual([
    "achievements.read",
    "achievements.readOne",
    "achievements.readOne",
  ]);
});

test("a definition of a kind that is not known yet costs itself alone", async () => {
  const wins = { id: "1", api_name: "WINS", achievement_type: "SIMPLE" };
  server.answer(json({ data: [{ ...wins, api_name: "NEW", achievement_type: "STREAK" }, wins] }));
  expect((await client.achievements.definitions()).map(({ apiName }) => apiName)).toEqual(["WINS"]);
  expect(heard).toMatchObject([{ operation: "achievements.definitions", problem: /^achievement_type is/ }]);
});

test("members nobody knows yet stand under raw, those of objects inside under their owner's name", async () => {
  server.answer(json({ data: [{ id: "1", score: 5, user: { id: "42", badge: { level: 3 } }, season: "spring" }] }));
  expect(await read(client.leaderboards.entries({ apiName: "BEST" }))).toEqual([
    { id: "1", score: 5n, userId: "42", raw: { user: { badge: { level: 3 } }, season: "spring" } },
  ]);
  server.answer(json({ data: [{ id: "1", item: { sku: "gem_50", id: "75", rarity: 9 } }] }));
  expect(await read(client.purchases.owned({ userId: "42" }))).toEqual([
    { id: "1", sku: "gem_50", raw: { item: { rarity: 9 } } },
  ]);
  server.answer(json({ data: [{ sku: "gold", owner: { id: "42", region: "EU" } }] }));
  expect(await read(client.subscriptions.list())).toEqual([
    { sku: "gold", ownerId: "42", raw: { owner: { region: "EU" } } },
  ]);
  const claims = {
    device_state: { unique_id: "ab", security_update_pending_days: 12 },
    app_state: { package_id: "p" },
  };
  const encoded = Buffer.from(JSON.stringify(claims)).toString("base64url");
  server.answer(json({ data: [{ message: "success", claims: encoded }] }));
  expect(await client.attestation.verify("token")).toMatchObject({
    claims: { uniqueId: "ab", packageId: "p", raw: { device_state: { security_update_pending_days: 12 } } },
  });
});

test("T4 says that a device is banned, whatever the time is written as", async () => {
  const status = async (remaining_time_in_minute: unknown): Promise<unknown> => {
    server.answer(json({ data: [{ message: "Success", is_banned: true, remaining_time_in_minute }] }));
    return client.deviceBans.status({ uniqueId: "ab12" });
  };
  expect(await status(12)).toEqual({ isBanned: true, remainingMinutes: 12 });
  expect(await status("12")).toEqual({ isBanned: true, remainingMinutes: 12 });
  expect(await status("36499 days")).toEqual({ isBanned: true, remainingMinutes: "unknown" });
  expect(await status(null)).toEqual({ isBanned: true });
});
