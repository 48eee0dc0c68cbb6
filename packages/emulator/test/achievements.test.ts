import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, type Seed } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, get, GRACE_TOKEN, idOf, post, type Reply } from "./graph-client.ts";

const server = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;
const client = { achievement_write_policy: "CLIENT_AUTHORITATIVE" } as const;
const seed: Seed = {
  apps: [
    {
      id: "1",
      secret: "test-secret",
      achievements: [
        { api_name: "SIMPLE", achievement_type: "SIMPLE", ...server, title: "T", description: "D" },
        { api_name: "COUNT", achievement_type: "COUNT", ...server, target: 10 },
        { api_name: "BITS", achievement_type: "BITFIELD", ...server, target: 5, bitfield_length: 6 },
        { api_name: "CLIENT", achievement_type: "COUNT", ...client, target: 10 },
        { api_name: "OLD", achievement_type: "SIMPLE", ...server, is_archived: true },
        { api_name: "HUGE", achievement_type: "COUNT", ...server, target: "9007199254740993" },
      ],
    },
    {
      id: "2",
      secret: "other-secret",
      achievements: [{ api_name: "COUNT", achievement_type: "COUNT", ...server, target: 1 }],
    },
  ],
  users: [
    { alias: "ada", tokens: { "1": [ADA_TOKEN] } },
    { alias: "grace", tokens: { "1": [GRACE_TOKEN] } },
  ],
};

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator({ seed, clock: frozenClock(1_900_000_000_500) });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const write = (apiName: string, parameters: Record<string, string>, token?: string): Promise<Reply> =>
  post(emulator, `/${ada}/achievements`, { api_name: apiName, ...parameters }, token);
const progress = (apiName: string): ReturnType<Emulator["world"]["progress"]> => emulator.world.progress(ada, apiName);
const all = "definition{api_name,target},count_progress,bitfield_progress,is_unlocked,unlock_time";
const rowOf = async (apiName: string): Promise<Record<string, unknown> | undefined> => {
  const names = encodeURIComponent(JSON.stringify([apiName]));
  const reply = await get(emulator, `/${ada}/achievements?api_names=${names}&fields=${all}`);
  return reply.body.data[0];
};

describe("writing progress", () => {
  it("adds counts and unlocks at the target, once", async () => {
    expect((await write("COUNT", { add_count: "9" })).body.just_unlocked).toBe(false);
    const crossing = await write("COUNT", { add_count: "1" });
    expect(crossing.body).toEqual({ id: expect.stringMatching(/^\d{17}$/), api_name: "COUNT", just_unlocked: true });
    expect((await write("COUNT", { add_count: "1" })).body.just_unlocked).toBe(false);
    expect(progress("COUNT")).toMatchObject({ count: 11n, unlocked: true, unlockTime: 1_900_000_000_500 });
  });

  it("sets bits by position and unlocks at the number of set bits", async () => {
    await write("BITS", { add_bits: "10011" });
    await write("BITS", { add_bits: "00110" });
    expect(progress("BITS").bits).toBe("101110");
    expect((await write("BITS", { add_bits: "000110" })).body.just_unlocked).toBe(false);
    expect((await write("BITS", { add_bits: "111110" })).body.just_unlocked).toBe(true);
  });

  it("unlocks by force whatever the progress", async () => {
    expect((await write("SIMPLE", { force_unlock: "true" })).body.just_unlocked).toBe(true);
    expect((await write("COUNT", { add_count: "1", force_unlock: "true" })).body.just_unlocked).toBe(true);
    expect(progress("COUNT")).toMatchObject({ count: 1n, unlocked: true });
    expect((await write("BITS", { force_unlock: "true" })).body.just_unlocked).toBe(true);
  });

  it("keeps counters exact beyond 2^53 and stops at 2^63-1", async () => {
    await write("HUGE", { add_count: "9007199254740992" });
    expect(progress("HUGE").unlocked).toBe(false);
    await write("HUGE", { add_count: "1" });
    expect(progress("HUGE")).toMatchObject({ count: 9007199254740993n, unlocked: true });
    const read = await get(emulator, `/${ada}/achievements?fields=count_progress,definition{target}`);
    expect(read.text).toContain('"count_progress":9007199254740993');
    expect(read.text).toContain('"target":9007199254740993');
    await write("HUGE", { add_count: "9223372036854775807" });
    expect(progress("HUGE").count).toBe(9223372036854775807n);
  });

  it.each([
    ["no api_name", { api_name: "" }],
    ["an unknown name", { api_name: "count", add_count: "1" }],
    ["a negative count", { api_name: "COUNT", add_count: "-1" }],
    ["a fraction", { api_name: "COUNT", add_count: "1.5" }],
    ["a count beyond 64 bits", { api_name: "COUNT", add_count: "9223372036854775808" }],
    ["bits longer than the field", { api_name: "BITS", add_bits: "1000000" }],
    ["bits of other characters", { api_name: "BITS", add_bits: "10x" }],
    ["nothing to write", { api_name: "SIMPLE" }],
    ["only a parameter of another type", { api_name: "SIMPLE", add_count: "1" }],
    ["an archived achievement", { api_name: "OLD", force_unlock: "true" }],
  ])("refuses %s with code 100 and no effect", async (_what, parameters) => {
    const reply = await post(emulator, `/${ada}/achievements`, parameters);
    expect(reply.status).toBe(400);
    expect(reply.body.error.code).toBe(100);
    expect(emulator.oracle.snapshot().achievements).toEqual([]);
    expect(emulator.requests.list()[0]?.effect).toBe(false);
  });

  it("accepts a count of zero, which leaves a row", async () => {
    expect((await write("COUNT", { add_count: "0" })).status).toBe(200);
    expect(await rowOf("COUNT")).toMatchObject({ count_progress: 0, is_unlocked: false });
  });
});

describe("who may write", () => {
  it("lets a user write its own client-authoritative achievements only", async () => {
    expect((await write("CLIENT", { add_count: "1" }, ADA_TOKEN)).status).toBe(200);
    const policy = await write("COUNT", { add_count: "1" }, ADA_TOKEN);
    expect(policy.status).toBe(403);
    expect(policy.body.error.code).toBe(200);
    const stranger = await write("CLIENT", { add_count: "1" }, GRACE_TOKEN);
    expect(stranger.body.error.code).toBe(10);
    const me = await post(emulator, "/me/achievements", { api_name: "CLIENT", add_count: "1" }, ADA_TOKEN);
    expect(me.status).toBe(200);
    expect(progress("CLIENT").count).toBe(2n);
  });

  it("does not know the ids of another app", async () => {
    const elsewhere = idOf(emulator, "ada", "2");
    expect(elsewhere).not.toBe(ada);
    const reply = await post(emulator, `/${elsewhere}/achievements`, { api_name: "COUNT", add_count: "1" });
    expect(reply.body.error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it("strict: refuses an app token on client-authoritative achievements, and parameters of another type", async () => {
    emulator.switches.set({ writePolicy: "strict" });
    expect((await write("CLIENT", { add_count: "1" })).body.error.code).toBe(200);
    expect((await write("CLIENT", { add_count: "1" }, ADA_TOKEN)).status).toBe(200);
    expect((await write("SIMPLE", { force_unlock: "true", add_count: "1" })).body.error.code).toBe(100);
    expect((await write("COUNT", { force_unlock: "true", add_bits: "1" })).body.error.code).toBe(100);
    expect((await get(emulator, `/${ada}/achievements`, ADA_TOKEN)).body.error.code).toBe(10);
  });

  it("lenient: ignores parameters of another type, in the oracle too", async () => {
    expect((await write("SIMPLE", { force_unlock: "true", add_count: "7", add_bits: "1" })).status).toBe(200);
    expect(emulator.oracle.achievement(ada, "SIMPLE")).toEqual({
      writes: 1,
      added: 0n,
      bitsSet: "",
      forcedUnlocks: 1,
      unlocks: 1,
    });
  });
});

describe("reading progress", () => {
  it("shows only ids without fields, and only rows with progress", async () => {
    expect((await get(emulator, `/${ada}/achievements`)).body).toEqual({ data: [] });
    const { body } = await write("COUNT", { add_count: "1" });
    expect((await get(emulator, `/${ada}/achievements`)).body).toEqual({ data: [{ id: body.id }] });
  });

  it("shows the documented fields of each type", async () => {
    await write("BITS", { add_bits: "100110" });
    await write("COUNT", { add_count: "12" });
    const definitionId: unknown = expect.stringMatching(/^\d+$/);
    expect(await rowOf("BITS")).toEqual({
      id: expect.any(String),
      definition: { id: definitionId, api_name: "BITS", target: 5 },
      count_progress: 0,
      bitfield_progress: "100110",
      is_unlocked: false,
    });
    expect(await rowOf("COUNT")).toEqual({
      id: expect.any(String),
      definition: { id: definitionId, api_name: "COUNT", target: 10 },
      count_progress: 12,
      is_unlocked: true,
      unlock_time: 1_900_000_000,
    });
  });

  it("lets a user read its own rows, nobody else's", async () => {
    expect((await get(emulator, `/${ada}/achievements`, ADA_TOKEN)).status).toBe(200);
    expect((await get(emulator, "/me/achievements", ADA_TOKEN)).status).toBe(200);
    expect((await get(emulator, `/${ada}/achievements`, GRACE_TOKEN)).body.error.code).toBe(10);
  });

  it("answers code 100 for unknown fields and for names that are no JSON array", async () => {
    for (const query of [
      "fields=nonsense",
      "fields=definition{nonsense}",
      "fields=is_unlocked{x}",
      "fields=a{",
      "api_names=COUNT",
    ]) {
      await write("COUNT", { add_count: "1" });
      const reply = await get(emulator, `/${ada}/achievements?${query}`);
      expect([query, reply.status, reply.body.error?.code]).toEqual([query, 400, 100]);
    }
  });

  it("hides archived achievements until they are back", async () => {
    await write("COUNT", { add_count: "2" });
    emulator.world.archive("COUNT", true, "1");
    expect(await rowOf("COUNT")).toBeUndefined();
    emulator.world.archive("COUNT", false, "1");
    expect(await rowOf("COUNT")).toMatchObject({ count_progress: 2 });
  });
});

describe("switches", () => {
  it.each([
    ["accumulate", 17n],
    ["cap", 10n],
    ["freeze", 14n],
  ] as const)("%s: leaves 7 + 7 + 3 of a target of 10 at %s", async (afterUnlock, count) => {
    emulator.switches.set({ afterUnlock });
    for (const added of ["7", "7", "3"]) await write("COUNT", { add_count: added });
    expect(progress("COUNT")).toMatchObject({ count, unlocked: true });
    expect(emulator.oracle.achievement(ada, "COUNT").added).toBe(17n);
  });

  it("progressRows zero: shows every active achievement, under an id that stays", async () => {
    emulator.switches.set({ progressRows: "zero" });
    expect((await get(emulator, `/${ada}/achievements`)).body.data).toHaveLength(5);
    const before = await rowOf("BITS");
    expect(before).toMatchObject({ count_progress: 0, bitfield_progress: "000000", is_unlocked: false });
    expect((await write("BITS", { add_bits: "1" })).body.id).toBe(before?.["id"]);
    emulator.switches.set({ progressRows: "absent" });
    expect((await get(emulator, `/${ada}/achievements`)).body.data).toHaveLength(1);
  });

  it("omitDefinition, longsAsStrings, lockedUnlockTime and writeAnswerId", async () => {
    emulator.switches.set({
      omitDefinition: true,
      longsAsStrings: true,
      lockedUnlockTime: "zero",
      writeAnswerId: "user",
    });
    expect((await write("COUNT", { add_count: "3" })).body.id).toBe(ada);
    expect(await rowOf("COUNT")).toEqual({
      id: expect.any(String),
      count_progress: "3",
      is_unlocked: false,
      unlock_time: 0,
    });
  });

  it("archivedWrites accept: writes to archived achievements", async () => {
    emulator.switches.set({ archivedWrites: "accept" });
    expect((await write("OLD", { force_unlock: "true" })).body.just_unlocked).toBe(true);
  });

  it("tokenTtlMs and invalidTokenStatus", async () => {
    emulator.switches.set({ tokenTtlMs: 1_000, invalidTokenStatus: 401 });
    const token = emulator.world.mintUserToken("1", ada);
    emulator.world.advance(1_000);
    const reply = await get(emulator, "/me", token);
    expect([reply.status, reply.body.error.code]).toEqual([401, 190]);
  });
});

describe("definitions", () => {
  it("lists ids, or the fields asked for, without archived ones", async () => {
    const list = await get(emulator, "/1/achievement_definitions");
    expect(list.body.data).toHaveLength(5);
    expect(Object.keys(list.body.data[0])).toEqual(["id"]);
    const names = encodeURIComponent('["BITS","SIMPLE","NONE","OLD"]');
    const fields =
      "api_name,achievement_type, achievement_write_policy,target,bitfield_length,is_archived,title,description,is_secret";
    const some = await get(emulator, `/application/achievement_definitions?api_names=${names}&fields=${fields}`);
    expect(some.body.data).toEqual([
      {
        id: expect.any(String),
        api_name: "BITS",
        achievement_type: "BITFIELD",
        achievement_write_policy: "SERVER_AUTHORITATIVE",
        target: 5,
        bitfield_length: 6,
        is_archived: false,
        title: "BITS",
        description: "",
        is_secret: false,
      },
      {
        id: expect.any(String),
        api_name: "SIMPLE",
        achievement_type: "SIMPLE",
        achievement_write_policy: "SERVER_AUTHORITATIVE",
        is_archived: false,
        title: "T",
        description: "D",
        is_secret: false,
      },
    ]);
  });

  it("shows archived ones to app tokens only", async () => {
    const path = "/1/achievement_definitions?include_archived=true";
    expect((await get(emulator, path)).body.data).toHaveLength(6);
    expect((await get(emulator, path, ADA_TOKEN)).body.error.code).toBe(10);
    expect((await get(emulator, "/1/achievement_definitions", ADA_TOKEN)).body.data).toHaveLength(5);
  });

  it("answers code 10 for the token of another app and 100/33 for an unknown one", async () => {
    const other = await get(emulator, "/1/achievement_definitions", "OC|2|other-secret");
    expect([other.status, other.body.error.code]).toEqual([403, 10]);
    expect((await get(emulator, "/5/achievement_definitions")).body.error).toMatchObject({
      code: 100,
      error_subcode: 33,
    });
  });
});
