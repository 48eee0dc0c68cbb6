import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { ADA_TOKEN, APP_TOKEN, get, GRACE_TOKEN, idOf, post, type Reply, send } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  const seed = (id: string, secret: string) => ({
    id,
    secret,
    leaderboards: [
      {
        api_name: "HIGH",
        sort_order: "HIGHER_IS_BETTER" as const,
        entry_write_policy: "SERVER_AUTHORITATIVE" as const,
      },
    ],
  });
  const apps = [seed("1", "test-secret"), seed("2", "other-secret")];
  const users = [
    { alias: "ada", tokens: { "1": [ADA_TOKEN] } },
    { alias: "grace", tokens: { "1": [GRACE_TOKEN] } },
  ];
  emulator = await createEmulator({ seed: { apps, users } });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const COUNT = {
  api_name: "GOALS",
  achievement_type: "COUNT",
  achievement_write_policy: "SERVER_AUTHORITATIVE",
  target: "10",
  title: "Goals",
  description: "Ten goals.",
};
const define = (changes: Record<string, string> = {}, token?: string): Promise<Reply> =>
  post(emulator, "/1/achievement_definitions", { ...COUNT, ...changes }, token);
const definition = async (fields: string, query = ""): Promise<any> =>
  (await get(emulator, `/1/achievement_definitions?fields=${fields}${query}`)).body.data[0];

describe("POST achievement_definitions", () => {
  it("creates, then updates under the same id, keeping what is not given", async () => {
    const { id } = (await define({ is_secret: "true", unlocked_description_override: "Well done." })).body;
    expect(id).toMatch(/^\d{17}$/);
    const update = await post(emulator, "/1/achievement_definitions", { api_name: "GOALS", target: "20" });
    expect(update.body).toEqual({ id });
    const fields = "achievement_type,target,title,is_secret,unlocked_description_override,is_archived";
    expect(await definition(fields)).toEqual({
      id,
      achievement_type: "COUNT",
      target: 20,
      title: "Goals",
      is_secret: true,
      unlocked_description_override: "Well done.",
      is_archived: false,
    });
    await define({ is_archived: "true" });
    expect(await definition("api_name")).toBeUndefined();
    expect(await definition("api_name", "&include_archived=true")).toEqual({ id, api_name: "GOALS" });
    expect((await post(emulator, `/${ada}/achievements`, { api_name: "GOALS", add_count: "1" })).body.error.code).toBe(
      100,
    );
    await define({ is_archived: "false" });
    expect((await post(emulator, `/${ada}/achievements`, { api_name: "GOALS", add_count: "20" })).body).toMatchObject({
      just_unlocked: true,
    });
  });

  it.each([
    [{ api_name: "" }],
    [{ api_name: "with space" }],
    [{ achievement_type: "" }],
    [{ achievement_type: "CHAIN" }],
    [{ achievement_write_policy: "" }],
    [{ title: "" }],
    [{ description: "" }],
    [{ target: "" }],
    [{ target: "0" }],
    [{ achievement_type: "BITFIELD", bitfield_length: "9" }],
    [{ achievement_type: "BITFIELD", bitfield_length: "10001" }],
    [{ achievement_type: "BITFIELD" }],
    [{ is_secret: "perhaps" }],
  ])("refuses %j", async (changes) => {
    expect((await define(changes as Record<string, string>)).body.error.code).toBe(100);
    expect(emulator.world.snapshot().apps[0]?.achievements).toEqual([]);
  });

  it("keeps the type, and wants the app's own token", async () => {
    await define();
    expect((await define({ achievement_type: "SIMPLE" })).body.error.code).toBe(100);
    expect((await define({}, ADA_TOKEN)).body.error.code).toBe(10);
    expect((await define({}, "OC|2|other-secret")).body.error.code).toBe(10);
  });

  it("takes lower case and the older policy name, unless strict", async () => {
    const { achievement_write_policy: policy, ...rest } = { ...COUNT, achievement_type: "count" };
    const older = { ...rest, entry_write_policy: policy.toLowerCase() };
    expect((await post(emulator, "/1/achievement_definitions", older)).status).toBe(200);
    emulator.reset();
    emulator.switches.set({ writePolicy: "strict" });
    expect((await post(emulator, "/1/achievement_definitions", older)).body.error.code).toBe(100);
  });

  it("takes icons as multipart files", async () => {
    const body = new FormData();
    for (const [name, value] of Object.entries(COUNT)) body.set(name, value);
    body.set("unlocked_image_file", new Blob(["png"]), "icon.png");
    expect((await send(emulator, "POST", "/1/achievement_definitions", { body })).status).toBe(200);
    const shown = await definition("unlocked_image_uri,locked_image_uri");
    expect(shown).toEqual({ id: shown.id, unlocked_image_uri: expect.stringMatching(/^https:/) });
  });
});

describe("POST achievement_remove_all", () => {
  it("wipes one user's progress, and succeeds again", async () => {
    await define();
    const grace = idOf(emulator, "grace");
    for (const user of [ada, grace])
      await post(emulator, `/${user}/achievements`, { api_name: "GOALS", add_count: "3" });
    for (const _ of [1, 2]) {
      expect((await post(emulator, "/achievement_remove_all", { user_id: ada })).body).toEqual({ success: true });
    }
    expect(emulator.world.achievements(ada)).toEqual([]);
    expect(emulator.world.achievements(grace)).toHaveLength(1);
    expect((await definition("api_name")).api_name).toBe("GOALS");
    expect((await post(emulator, "/achievement_remove_all", {})).body.error.code).toBe(100);
    expect((await post(emulator, "/achievement_remove_all", { user_id: "4" })).body.error.code).toBe(100);
    expect((await post(emulator, "/achievement_remove_all", { user_id: ada }, ADA_TOKEN)).body.error.code).toBe(10);
  });
});

describe("POST leaderboards", () => {
  const make = (changes: Record<string, string> = {}, token?: string): Promise<Reply> =>
    post(emulator, "/1/leaderboards", { api_name: "LAPS", sort_order: "LOWER_IS_BETTER", ...changes }, token);

  it("creates with the dashboard's policy, then updates and sorts anew", async () => {
    const { id } = (await make({ title_locale_map: '{"en_US":"Laps","de_DE":"Runden"}' })).body;
    const fields = "fields=sort_order,entry_write_policy,entry_count";
    expect((await get(emulator, `/1/leaderboards?api_name=LAPS&${fields}`)).body.data).toEqual([
      { id, sort_order: "LOWER_IS_BETTER", entry_write_policy: "CLIENT_AUTHORITATIVE", entry_count: 0 },
    ]);
    emulator.world.setScore("LAPS", ada, 5);
    emulator.world.setScore("LAPS", idOf(emulator, "grace"), 9);
    expect(emulator.world.entries("LAPS", "1").map(({ alias }) => alias)).toEqual(["ada", "grace"]);
    expect((await make({ sort_order: "HIGHER_IS_BETTER" })).body).toEqual({ id });
    expect(emulator.world.entries("LAPS", "1").map(({ alias }) => alias)).toEqual(["grace", "ada"]);
    await post(emulator, "/1/leaderboards", { api_name: "LAPS", earliest_allowed_entry_time: "9999999999" });
    const early = await post(emulator, "/leaderboard_submit_entry", { api_name: "LAPS", score: "99", user_id: ada });
    expect(early.body.error.code).toBe(100);
  });

  it.each([
    [{ api_name: "" }],
    [{ api_name: "a b" }],
    [{ sort_order: "" }],
    [{ sort_order: "UP" }],
    [{ entry_write_policy: "NOBODY" }],
    [{ title_locale_map: "Laps" }],
    [{ title_locale_map: '{"en_US":1}' }],
    [{ earliest_allowed_entry_time: "10", latest_allowed_entry_time: "9" }],
    [{ earliest_allowed_entry_time: "-1" }],
  ])("refuses %j", async (changes) => {
    expect((await make(changes as Record<string, string>)).body.error.code).toBe(100);
  });

  it("wants the app's own token", async () => {
    expect((await make({}, ADA_TOKEN)).body.error.code).toBe(10);
    expect((await make({}, "OC|2|other-secret")).body.error.code).toBe(10);
  });
});

describe("deletions", () => {
  const remove = (id: string, token: string = APP_TOKEN): Promise<Reply> =>
    send(emulator, "DELETE", `/${id}`, { token });
  const entryOf = async (): Promise<string> =>
    (await get(emulator, "/leaderboard_entries?api_name=HIGH")).body.data[0].id;
  const boardId = async (): Promise<string> => (await get(emulator, "/1/leaderboards?api_name=HIGH")).body.data[0].id;

  it("delete an entry once, by the app's token", async () => {
    emulator.world.setScore("HIGH", ada, 5);
    const id = await entryOf();
    expect((await remove(id, ADA_TOKEN)).body.error.code).toBe(10);
    expect((await remove(id, "OC|2|other-secret")).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    const form = { headers: { "content-type": "application/x-www-form-urlencoded" }, token: null };
    const body = new URLSearchParams({ access_token: APP_TOKEN }).toString();
    expect((await send(emulator, "DELETE", `/${id}`, { ...form, body })).body).toEqual({ success: true });
    expect(emulator.world.entries("HIGH", "1")).toEqual([]);
    expect((await remove(id)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect(emulator.requests.count({ operation: "leaderboards.deleteEntry" })).toBe(4);
    emulator.world.setScore("HIGH", ada, 6);
    expect(await entryOf()).not.toBe(id);
  });

  it("empty a board, again and again", async () => {
    for (const alias of ["ada", "grace"]) emulator.world.setScore("HIGH", idOf(emulator, alias), 5);
    const id = await entryOf();
    for (const _ of [1, 2]) {
      const reply = await post(emulator, "/leaderboard_remove_all_entries", { api_name: "HIGH" });
      expect(reply.body).toEqual({ success: true });
    }
    expect(emulator.world.entries("HIGH", "1")).toEqual([]);
    expect((await remove(id)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect((await post(emulator, "/leaderboard_remove_all_entries", { api_name: "NONE" })).body.error.code).toBe(100);
    const byUser = await post(emulator, "/leaderboard_remove_all_entries", { api_name: "HIGH" }, ADA_TOKEN);
    expect(byUser.body.error.code).toBe(10);
  });

  it("delete a board with its entries, once", async () => {
    emulator.world.setScore("HIGH", ada, 5);
    const [board, entry] = [await boardId(), await entryOf()];
    expect((await remove(board, "OC|2|other-secret")).body.error.code).toBe(10);
    expect((await remove(board, ADA_TOKEN)).body.error.code).toBe(10);
    expect((await remove(board)).body).toEqual({ success: true });
    for (const id of [board, entry])
      expect((await remove(id)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect((await get(emulator, "/leaderboard_entries?api_name=HIGH")).body.error.code).toBe(100);
    expect((await get(emulator, "/1/leaderboards")).body).toEqual({ data: [] });
  });

  it("refuse what cannot be deleted", async () => {
    for (const id of [ada, "1", "999"]) {
      expect((await remove(id)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    }
  });
});
