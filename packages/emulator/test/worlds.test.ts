import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, defaultSwitches, type Emulator, type Strictness, strictnessProfiles } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, APP_TOKEN, control, get, idOf, post, send } from "./graph-client.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ clock: frozenClock() });
});
afterAll(() => emulator.close());

describe("worlds on one port", () => {
  it("share nothing: state, faults, log, switches, clock", async () => {
    const one = emulator.worlds.open("one");
    const two = emulator.worlds.open("two", { seed: { switches: { pageSize: 1 } } });
    expect(one.url).toBe(`${emulator.url}/__worlds/one`);
    const ada = idOf(emulator, "ada");
    one.faults.add({ operation: "users.me", kind: "status", status: 503 });
    const write = { api_name: "WINS_100", add_count: "5" };
    const headers = { authorization: `Bearer ${APP_TOKEN}` };
    await fetch(`${one.url}/${ada}/achievements`, { method: "POST", headers, body: new URLSearchParams(write) });
    const counts = [one, two, emulator].map(({ world }) => world.progress(ada, "WINS_100").count);
    expect(counts).toEqual([5n, 0n, 0n]);
    two.world.advance(1_000);
    expect(two.world.snapshot().now - one.world.snapshot().now).toBe(1_000);
    const me = async (url: string): Promise<number> =>
      (await fetch(`${url}/v1.20/me`, { headers: { authorization: `Bearer ${ADA_TOKEN}` } })).status;
    expect(await Promise.all([me(one.url), me(two.url), me(emulator.url)])).toEqual([503, 200, 200]);
    expect([one, two].map(({ requests }) => requests.count())).toEqual([2, 1]);
    const page = await fetch(`${two.url}/leaderboard_entries?api_name=HIGH_SCORE`, { headers });
    expect(await page.json()).toEqual({ data: [] });
    const list = await fetch(`${two.url}/1/achievement_definitions`, { headers });
    const { paging } = (await list.json()) as { paging: { next: string } };
    expect(paging.next).toMatch(new RegExp(`^${two.url}/1/achievement_definitions\\?`));
    expect((await fetch(paging.next)).status).toBe(200);
  });

  it("are named by a header too, and controlled under their own path", async () => {
    const { url } = emulator.worlds.open("headed");
    const headers = { "x-questline-world": "headed" };
    await send(emulator, "GET", "/me", { token: ADA_TOKEN, headers });
    const summary = await fetch(`${url}/__emulator/requests/summary`);
    expect(await summary.json()).toMatchObject({ total: 1, byOperation: { "users.me": { total: 1 } } });
    expect(await (await fetch(`${url}/__emulator/health`)).json()).toMatchObject({ url });
    const unknown = await send(emulator, "GET", "/me", { headers: { "x-questline-world": "elsewhere" } });
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 100]);
    for (const path of ["/__worlds/elsewhere/me", "/__worlds//me", "/__worlds/elsewhere/__emulator/health"]) {
      expect((await get(emulator, path)).body.error.message).toContain("no such world");
    }
  });

  it("open and close over HTTP", async () => {
    const seed = { apps: [{ id: "5", secret: "five" }] };
    const opened = await control(emulator, "POST", "/worlds", { name: "a.b-c", seed, strictness: "documented" });
    const world = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(opened.body).toEqual({ name: "a.b-c", url: `${emulator.url}/__worlds/a.b-c`, world });
    expect((await get(emulator, "/__worlds/a.b-c/5", "OC|5|five")).body).toEqual({ id: "5" });
    expect((await get(emulator, "/__worlds/a.b-c/nowhere", "OC|5|five")).status).toBe(404);
    expect((await control(emulator, "GET", "/worlds")).body.worlds).toContain("a.b-c");
    expect((await control(emulator, "POST", "/worlds", { name: "a.b-c" })).body.error.path).toBe("name");
    for (const body of [{ name: "a/b" }, { name: "" }, {}, { name: "x", strictness: "kind" }, { name: "x", seed: 5 }]) {
      expect((await control(emulator, "POST", "/worlds", body)).status).toBe(400);
    }
    expect((await control(emulator, "DELETE", "/worlds?name=a.b-c")).body).toEqual({ closed: true });
    expect((await control(emulator, "DELETE", "/worlds?name=a.b-c")).status).toBe(400);
    expect((await get(emulator, "/__worlds/a.b-c/5", "OC|5|five")).status).toBe(404);
  });

  it("reset by themselves", async () => {
    const world = emulator.worlds.open("again");
    const ada = idOf(emulator, "ada");
    world.world.setScore("HIGH_SCORE", ada, 7);
    emulator.world.setScore("HIGH_SCORE", ada, 8);
    world.reset();
    expect(world.world.entries("HIGH_SCORE")).toEqual([]);
    expect(emulator.world.entries("HIGH_SCORE")).toHaveLength(1);
    emulator.reset();
  });
});

describe("strictness", () => {
  const start = (strictness: Strictness, seed = {}): Promise<Emulator> => createEmulator({ strictness, seed });

  it("stands behind the seed's switches, also after a reset", async () => {
    await using hostile = await start("hostile", { switches: { pageSize: 9 } });
    expect(hostile.switches.get()).toEqual({ ...defaultSwitches, ...strictnessProfiles.hostile, pageSize: 9 });
    hostile.switches.set({ maxPageSize: 8 });
    hostile.reset();
    expect(hostile.switches.get().maxPageSize).toBe(strictnessProfiles.hostile.maxPageSize);
    await expect(createEmulator({ strictness: "kind" as Strictness })).rejects.toThrow("strictness: expected one of");
  });

  it("observed is the default", async () => {
    await using observed = await start("observed");
    expect(observed.switches.get()).toEqual(defaultSwitches);
    expect(emulator.switches.get()).toEqual(defaultSwitches);
  });

  it("documented keeps to the documents where observation differs", async () => {
    await using documented = await start("documented");
    const ada = idOf(documented, "ada");
    expect((await get(documented, "/me", "nonsense")).status).toBe(401);
    expect((await get(documented, "/nowhere")).status).toBe(404);
    const score = { api_name: "BEST_TIME", score: "5", user_id: ada };
    expect((await post(documented, "/leaderboard_submit_entry", score)).body.error.code).toBe(200);
    documented.world.store.buy(ada, "GEMS_50");
    expect((await get(documented, `/1/viewer_purchases?user_id=${ada}`)).body.data).toEqual([{ id: "0" }]);
  });

  it("hostile answers everything in the harder form", async () => {
    await using hostile = await start("hostile");
    const ada = idOf(hostile, "ada");
    const { body } = await get(hostile, `/${ada}/achievements?fields=count_progress,unlock_time`);
    expect(body.data).toHaveLength(2);
    expect(body.data[0]).toEqual({ id: expect.any(String), count_progress: "0", unlock_time: 0 });
    const consumed = await post(hostile, "/1/consume_entitlement", { user_id: ada, sku: "GEMS_50" });
    expect([consumed.status, consumed.body]).toEqual([200, { success: false }]);
  });
});
