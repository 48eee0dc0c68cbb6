import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { APP_TOKEN, control, get, idOf, post } from "./graph-client.ts";

const NAME = "season.3@eu-west:ranked";
const policy = "SERVER_AUTHORITATIVE";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator({
    seed: {
      apps: [
        {
          id: "1",
          secret: "test-secret",
          achievements: [
            { api_name: NAME, achievement_type: "COUNT", achievement_write_policy: policy, target: 3 },
            { api_name: "A@1", achievement_type: "SIMPLE", achievement_write_policy: policy },
          ],
          leaderboards: [{ api_name: NAME, sort_order: "HIGHER_IS_BETTER", entry_write_policy: policy }],
          items: [{ sku: NAME, item_type: "CONSUMABLE", price: { currency: "USD", amount_in_hundredths: 199 } }],
          notification_requests: [{ request_id: NAME }],
          federated_app: {
            id: "100",
            secret: "federated-secret",
            users: [{ persistent_id: "nova@steam", display_name: "Nova@home" }],
          },
        },
      ],
      users: [{ alias: "ada@lovelace", achievements: [{ api_name: NAME, count: 1 }], purchases: [{ sku: NAME }] }],
    },
  });
  ada = idOf(emulator, "ada@lovelace");
});
afterAll(() => emulator.close());

describe("names with @ and the like", () => {
  it("are those of achievements and leaderboards, in every place", async () => {
    const write = await post(emulator, `/${ada}/achievements`, { api_name: NAME, add_count: "2" });
    expect(write.body).toMatchObject({ api_name: NAME, just_unlocked: true });
    const names = encodeURIComponent(JSON.stringify([NAME, "A@1"]));
    const read = await get(emulator, `/${ada}/achievements?api_names=${names}&fields=api_name,count_progress`);
    expect(read.body.data).toEqual([{ id: expect.any(String), api_name: NAME, count_progress: 3 }]);
    await post(emulator, "/leaderboard_submit_entry", { api_name: NAME, score: "7", user_id: ada });
    const entries = await get(emulator, `/leaderboard_entries?api_name=${NAME}&fields=score,user{alias}`);
    expect(entries.body.data).toMatchObject([{ score: 7, user: { alias: "ada@lovelace" } }]);
    expect(emulator.world.entry(NAME, ada)?.score).toBe(7n);
    expect(emulator.oracle.snapshot().achievements).toMatchObject([{ userId: ada, apiName: NAME, added: "2" }]);
    expect(emulator.requests.list({ apiName: NAME })).toHaveLength(3);
  });

  it("may be defined over Graph too", async () => {
    const texts = { title: "t", description: "d" };
    const achievement = { api_name: "B@2", achievement_type: "SIMPLE", achievement_write_policy: policy, ...texts };
    expect((await post(emulator, "/1/achievement_definitions", achievement)).status).toBe(200);
    const board = { api_name: "B@2", sort_order: "HIGHER_IS_BETTER", entry_write_policy: policy };
    expect((await post(emulator, "/1/leaderboards", board)).status).toBe(200);
    const spaced = await post(emulator, "/1/leaderboards", { ...board, api_name: "B 2" });
    expect(spaced.body.error).toMatchObject({ code: 100, message: expect.stringContaining("letters, digits and _ @") });
  });

  it("are those of items, of notifications in a path (escaped or not), and of federated users", async () => {
    const owned = await get(emulator, `/1/viewer_purchases?user_id=${ada}&fields=item{sku}`);
    expect(owned.body.data).toMatchObject([{ item: { sku: NAME } }]);
    for (const id of [NAME, encodeURIComponent(NAME)]) {
      const sent = { notif_request: NAME, recipient_ids: `["${ada}"]` };
      expect((await post(emulator, `/${id}/triggered_notifs_with_text_map`, sent)).body).toEqual({ success: true });
      expect(emulator.requests.list().at(-1)?.path).toBe(`/${id}/triggered_notifs_with_text_map`);
    }
    const found = await get(emulator, "/100/federated_users?persistent_id=nova%40steam", "OC|100|federated-secret");
    expect(found.status).toBe(200);
  });

  it("are those of worlds, in path, header and control routes", async () => {
    const { url } = emulator.worlds.open("arena@2");
    const headers = { authorization: `Bearer ${APP_TOKEN}` };
    const status = async (at: string, more = {}): Promise<number> =>
      (await fetch(at, { headers: { ...headers, ...more } })).status;
    expect(await status(`${url}/1`)).toBe(200);
    expect(await status(`${emulator.url}/__worlds/arena%402/1`)).toBe(200);
    expect(await status(`${emulator.url}/1`, { "x-questline-world": "arena@2" })).toBe(200);
    expect((await control(emulator, "DELETE", "/worlds?name=arena%402")).body).toEqual({ closed: true });
  });

  it("take no slash out of its escape, nor anything that is none", async () => {
    for (const path of ["/platform_integrity%2Fdevice_ban_ids", "/%zz/achievements", "/%E0%A4%A"]) {
      expect((await get(emulator, path)).body.error.code).toBe(100);
    }
  });
});
