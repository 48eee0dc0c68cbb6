import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, defaultSwitches, type Emulator } from "../src/index.ts";
import { ADA_TOKEN, control, get, idOf, post } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator();
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const writeWins = (count: string) => post(emulator, `/${ada}/achievements`, { api_name: "WINS_100", add_count: count });

describe("health and world", () => {
  it("tells who it is and where", async () => {
    const { body } = await control(emulator, "GET", "/health");
    expect(body).toEqual({
      emulator: "questline",
      url: emulator.url,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      world: emulator.world.id,
    });
  });

  it("shows the world with 64-bit values as text, and no secret", async () => {
    await writeWins("9007199254740993");
    await post(emulator, "/leaderboard_submit_entry", {
      api_name: "HIGH_SCORE",
      score: "-9007199254740993",
      user_id: ada,
    });
    const { body, text } = await control(emulator, "GET", "/world");
    expect(body.users[0].achievements).toEqual([
      {
        appId: "1",
        userId: ada,
        apiName: "WINS_100",
        count: "9007199254740993",
        bits: "",
        unlocked: true,
        unlockTime: expect.any(Number),
        foreign: false,
      },
    ]);
    expect(body.apps[0].leaderboards[0].entries).toEqual([
      { rank: 1, userId: ada, alias: "ada", score: "-9007199254740993", updatedAt: expect.any(Number) },
    ]);
    for (const secret of ["test-secret", ADA_TOKEN]) expect(text).not.toContain(secret);
  });

  it("resets to the first seed, or to the one given", async () => {
    await writeWins("5");
    expect((await control(emulator, "POST", "/reset")).status).toBe(200);
    expect(emulator.world.progress(ada, "WINS_100").count).toBe(0n);
    const seed = { apps: [{ id: "9", secret: "nine" }], users: [{ alias: "eve" }], switches: { pageSize: 3 } };
    await control(emulator, "POST", "/reset", seed);
    expect((await get(emulator, `/${idOf(emulator, "eve", "9")}`, "OC|9|nine")).status).toBe(200);
    expect(emulator.switches.get().pageSize).toBe(3);
    const bad = await control(emulator, "POST", "/reset", { apps: [{ id: "9" }] });
    expect([bad.status, bad.body.error.path]).toEqual([400, "seed.apps[0].secret"]);
    expect((await get(emulator, `/${idOf(emulator, "eve", "9")}`, "OC|9|nine")).status).toBe(200);
  });
});

describe("levers", () => {
  it("creates users with tokens and nonces that Graph knows", async () => {
    const user = await control(emulator, "POST", "/users", { alias: "eve", display_name: "Eve" });
    expect(user.body).toEqual({
      alias: "eve",
      orgScopedId: expect.any(String),
      id: expect.any(String),
      ids: { "1": user.body.id },
    });
    const { body } = await control(emulator, "POST", "/tokens", { userId: user.body.id });
    expect((await get(emulator, "/me?fields=display_name", body.token)).body).toEqual({
      id: user.body.id,
      display_name: "Eve",
    });
    expect((await control(emulator, "POST", "/tokens/expire", { token: body.token })).status).toBe(200);
    expect((await get(emulator, "/me", body.token)).body.error.code).toBe(190);
    await control(emulator, "POST", "/tokens", {
      appId: "1",
      userId: user.body.id,
      token: "OCA-own-choice",
      expiresInMs: 60_000,
    });
    expect((await get(emulator, "/me", "OCA-own-choice")).status).toBe(200);
    const revoked = await control(emulator, "POST", "/tokens/revoke", { userId: user.body.id });
    expect(revoked.body).toEqual({ revoked: 2 });
    const { nonce } = (await control(emulator, "POST", "/nonces", { userId: user.body.id })).body;
    const check = await post(emulator, "/user_nonce_validate", { nonce, user_id: user.body.id });
    expect(check.body).toEqual({ is_valid: true });
  });

  it("moves the clock and changes the secret", async () => {
    const before = emulator.world.snapshot().now;
    const { body } = await control(emulator, "POST", "/clock", { advanceMs: 3_600_000 });
    expect(body.now - before).toBeGreaterThanOrEqual(3_600_000);
    await control(emulator, "POST", "/secret", { appId: "1", secret: "second" });
    expect((await get(emulator, `/${ada}`, "OC|1|second")).status).toBe(200);
  });

  it("adds foreign progress, exact and counted apart", async () => {
    await writeWins("1");
    const foreign = { userId: ada, apiName: "WINS_100", count: "9007199254740993" };
    expect((await control(emulator, "POST", "/foreign", foreign)).status).toBe(200);
    expect(emulator.world.progress(ada, "WINS_100")).toMatchObject({ count: 9007199254740994n, foreign: true });
    expect(emulator.oracle.achievement(ada, "WINS_100")).toMatchObject({ writes: 1, added: 1n });
    expect(emulator.oracle.foreign(ada, "WINS_100")).toMatchObject({ writes: 1, added: 9007199254740993n });
    const bits = await control(emulator, "POST", "/foreign", { userId: ada, apiName: "EVERY_MAP", bits: "00000001" });
    expect([bits.status, bits.body.error.path]).toEqual([400, "bits"]);
  });

  it("plans, lists and removes faults", async () => {
    const fault = { operation: "achievements.write", kind: "status", status: 500, times: "always" };
    const { id } = (await control(emulator, "POST", "/faults", fault)).body;
    expect((await writeWins("1")).status).toBe(500);
    expect((await control(emulator, "GET", "/faults")).body).toEqual({
      faults: [{ id, fault, seen: 1, fired: 1, left: "always" }],
    });
    expect((await control(emulator, "DELETE", `/faults?id=${id}`)).status).toBe(200);
    expect((await control(emulator, "DELETE", `/faults?id=${id}`)).body.error.path).toBe("id");
    await control(emulator, "POST", "/faults/chance", { probability: 1, kinds: ["throttle"], seed: 1 });
    expect((await writeWins("1")).status).toBe(429);
    await control(emulator, "DELETE", "/faults");
    expect((await writeWins("1")).status).toBe(200);
  });

  it("reads and sets switches, and shows behaviours", async () => {
    expect((await control(emulator, "GET", "/switches")).body).toEqual(defaultSwitches);
    expect((await control(emulator, "POST", "/switches", { afterUnlock: "cap" })).body.afterUnlock).toBe("cap");
    const { behaviours } = (await control(emulator, "GET", "/behaviours")).body;
    expect(behaviours.length).toBeGreaterThan(50);
  });
});

describe("records", () => {
  it("lists requests by filter, sums them up and forgets them", async () => {
    await writeWins("1");
    await writeWins("-1");
    emulator.faults.add({ kind: "resetBefore" });
    await expect(writeWins("1")).rejects.toThrow("fetch failed");
    await get(emulator, "/me", ADA_TOKEN);
    const list = async (query: string): Promise<number> =>
      (await control(emulator, "GET", `/requests?${query}`)).body.requests.length;
    expect(await list("")).toBe(4);
    expect(await list("operation=achievements.write&status=200")).toBe(1);
    expect(await list("effect=true")).toBe(1);
    expect(await list("status=none&fault=any")).toBe(1);
    expect(await list("tokenKind=user&operation=users.me")).toBe(1);
    expect(await list(`userId=${ada}&apiName=WINS_100`)).toBe(3);
    expect((await control(emulator, "GET", "/requests?colour=red")).body.error.path).toBe("colour");
    expect((await control(emulator, "GET", "/requests/summary")).body).toEqual({
      total: 4,
      writes: 3,
      effects: 1,
      faults: 1,
      pending: 0,
      dropped: 0,
      byOperation: {
        "achievements.write": { total: 3, byStatus: { "200": 1, "400": 1, none: 1 }, effects: 1, faults: 1 },
        "users.me": { total: 1, byStatus: { "200": 1 }, effects: 0, faults: 0 },
      },
    });
    await control(emulator, "DELETE", "/requests");
    expect(emulator.requests.summary()).toMatchObject({ total: 0, writes: 0, byOperation: {} });
  });

  it.each([
    "operation=achievement.write",
    "fault=reset",
    "tokenKind=application",
    "effect=yes",
    "effect=",
    "status=ok",
  ])("refuses %s, which would match nothing in silence", async (query) => {
    const { status, body } = await control(emulator, "GET", `/requests?${query}`);
    expect([status, body.error.path]).toEqual([400, query.split("=")[0]]);
    expect(body.error.message).toContain("expected");
  });

  it.each([
    ["/definitions", "definition"],
    ["/leaderboards", "leaderboard"],
    ["/items", "item"],
    ["/notification-requests", "request"],
    ["/webhooks", "webhook"],
    ["/webhooks/send", "events"],
  ])("says that %s lacks its %s", async (path, member) => {
    const { status, body } = await control(emulator, "POST", path, {});
    expect([status, body.error]).toEqual([400, { message: `body.${member}: is missing`, path: `body.${member}` }]);
  });

  it("shows the oracle with text for 64 bits", async () => {
    await writeWins("9007199254740993");
    const { body } = await control(emulator, "GET", "/oracle");
    expect(body.achievements).toEqual([
      {
        userId: ada,
        apiName: "WINS_100",
        writes: 1,
        added: "9007199254740993",
        bitsSet: "",
        forcedUnlocks: 0,
        unlocks: 1,
        foreignWrites: 0,
      },
    ]);
  });

  it("does not log control requests", async () => {
    await control(emulator, "GET", "/world");
    expect(emulator.requests.count()).toBe(0);
  });
});

describe("bad control input", () => {
  it.each([
    ["POST", "/users", {}, "user.alias"],
    ["POST", "/users", { alias: "ada" }, "user.alias"],
    ["POST", "/users", { alias: "x", friends: ["nobody"] }, "user.friends[0]"],
    ["POST", "/tokens", { userId: "1" }, "userId"],
    ["POST", "/tokens", { userId: 5 }, "body.userId"],
    ["POST", "/tokens/expire", { token: "unknown" }, "token"],
    ["POST", "/foreign", { userId: "5", apiName: "X" }, "userId"],
    ["POST", "/clock", { advanceMs: -1 }, "advanceMs"],
    ["POST", "/clock", { advanceMs: "1" }, "body.advanceMs"],
    ["POST", "/secret", { appId: "7", secret: "x" }, "appId"],
    ["POST", "/secret", { appId: "1", secret: "a|b" }, "secret"],
    ["POST", "/faults", { kind: "x" }, "fault.kind"],
    ["POST", "/faults/chance", { probability: 2, kinds: ["status"] }, "chance.probability"],
    ["POST", "/faults/chance", { probability: 1, kinds: ["nothing"] }, "chance.kinds[0].kind"],
    ["POST", "/switches", { pageSize: 0 }, "switches.pageSize"],
    ["POST", "/switches", { colour: "red" }, "switches"],
    ["POST", "/switches", "{broken", "body"],
  ])("%s %s %j: 400 naming %s", async (method, path, body, where) => {
    const reply = await control(emulator, method, path, body);
    expect([reply.status, reply.body.error.path]).toEqual([400, where]);
    expect(reply.body.error.message.length).toBeGreaterThan(where.length);
  });

  it("takes a user back whose seed does not fit", async () => {
    const before = emulator.world.snapshot().users;
    await control(emulator, "POST", "/users", {
      alias: "eve",
      tokens: { "1": ["fresh-token", ADA_TOKEN] },
      friends: ["ada"],
    });
    expect(emulator.world.snapshot().users).toEqual(before);
    expect((await get(emulator, "/me", "fresh-token")).body.error.code).toBe(190);
    expect((await control(emulator, "POST", "/users", { alias: "eve", tokens: { "1": ["fresh-token"] } })).status).toBe(
      200,
    );
  });

  it("answers 404 for a control path that does not exist", async () => {
    const reply = await control(emulator, "GET", "/nothing");
    expect([reply.status, reply.body.error.path]).toEqual([404, "path"]);
  });
});
