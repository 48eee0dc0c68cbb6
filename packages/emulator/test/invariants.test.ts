import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { get, idOf, post, type Reply } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const write = (parameters: Record<string, string>): Promise<Reply> =>
  post(emulator, `/${ada}/achievements`, parameters);
const bits = fc.array(fc.constantFrom("0", "1"), { minLength: 7, maxLength: 7 }).map((list) => list.join(""));
const runs = { numRuns: 15 };

describe("progress", { timeout: 30_000 }, () => {
  it("N concurrent counts add up exactly, in world and oracle", async () => {
    const counts = fc.array(fc.bigInt(0n, 2n ** 55n), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(counts, async (added) => {
        emulator.reset();
        await Promise.all(added.map((count) => write({ api_name: "WINS_100", add_count: count.toString() })));
        let sum = 0n;
        for (const count of added) sum += count;
        expect(emulator.world.progress(ada, "WINS_100").count).toBe(sum);
        expect(emulator.oracle.achievement(ada, "WINS_100")).toMatchObject({ writes: added.length, added: sum });
      }),
      runs,
    );
  });

  it("one of many concurrent writes unlocks", async () => {
    emulator.reset();
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => write({ api_name: "WINS_100", add_count: "5" })),
    );
    expect(replies.filter(({ body }) => body.just_unlocked === true)).toHaveLength(1);
    expect(emulator.oracle.achievement(ada, "WINS_100").unlocks).toBe(1);
  });

  it("bits end the same in any order and however often", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(bits, { minLength: 1, maxLength: 5 }), async (list) => {
        const ends: string[] = [];
        for (const order of [list, list.toReversed(), [...list, ...list]]) {
          emulator.reset();
          for (const each of order) await write({ api_name: "EVERY_MAP", add_bits: each });
          ends.push(emulator.world.progress(ada, "EVERY_MAP").bits);
        }
        expect(new Set(ends).size).toBe(1);
      }),
      runs,
    );
  });

  it("never shrinks, whatever is written and whatever the switch", async () => {
    const step = fc.oneof(
      fc.bigInt(0n, 200n).map((count) => ({ api_name: "WINS_100", add_count: count.toString() })),
      bits.map((each) => ({ api_name: "EVERY_MAP", add_bits: each })),
      fc.constantFrom("WINS_100", "EVERY_MAP").map((name) => ({ api_name: name, force_unlock: "true" })),
    );
    const afterUnlock = fc.constantFrom("accumulate" as const, "cap" as const, "freeze" as const);
    await fc.assert(
      fc.asyncProperty(afterUnlock, fc.array(step, { maxLength: 8 }), async (mode, steps) => {
        emulator.reset();
        emulator.switches.set({ afterUnlock: mode });
        for (const each of steps) {
          const before = emulator.world.progress(ada, each.api_name);
          await write(each);
          const after = emulator.world.progress(ada, each.api_name);
          expect(after.count).toBeGreaterThanOrEqual(before.count);
          expect([...before.bits].every((bit, index) => bit === "0" || after.bits[index] === "1")).toBe(true);
          expect(before.unlocked ? after.unlockTime : undefined).toBe(before.unlockTime);
        }
      }),
      runs,
    );
  });
});

describe("leaderboards", { timeout: 30_000 }, () => {
  it("rank totally and by sort order, one entry a user, each row once while paging", async () => {
    const scores = fc.array(fc.tuple(fc.nat(14), fc.bigInt(-3n, 3n)), { minLength: 1, maxLength: 30 });
    const board = fc.constantFrom("HIGH_SCORE", "BEST_TIME");
    await fc.assert(
      fc.asyncProperty(board, scores, fc.integer({ min: 1, max: 6 }), async (apiName, list, limit) => {
        emulator.reset();
        const ids = Array.from({ length: 15 }, (_, index) => emulator.world.createUser({ alias: `user${index}` }).id);
        const best = new Map<string, bigint>();
        for (const [who, score] of list) {
          const userId = ids[who] ?? "";
          const reply = await post(emulator, "/leaderboard_submit_entry", {
            api_name: apiName,
            score: `${score}`,
            user_id: userId,
          });
          const known = best.get(userId);
          const better = known === undefined || (apiName === "HIGH_SCORE" ? score > known : score < known);
          expect(reply.body.did_update).toBe(better);
          if (better) best.set(userId, score);
        }
        let path = `/leaderboard_entries?api_name=${apiName}&fields=rank,score,user{id}&summary=true&limit=${limit}`;
        const rows: { id: string; rank: number; score: number; user: { id: string } }[] = [];
        while (path !== "") {
          const { body } = await get(emulator, path);
          rows.push(...body.data);
          expect(body.summary.total_count).toBe(best.size);
          const next = body.paging.next === undefined ? undefined : new URL(body.paging.next);
          path = next === undefined ? "" : next.pathname + next.search;
        }
        expect(rows.map(({ rank }) => rank)).toEqual(Array.from({ length: best.size }, (_, index) => index + 1));
        expect(new Map(rows.map(({ user, score }) => [user.id, BigInt(score)]))).toEqual(best);
        const sign = apiName === "HIGH_SCORE" ? -1 : 1;
        expect(rows.map(({ score }) => score)).toEqual(
          rows.map(({ score }) => score).toSorted((a, b) => sign * (a - b)),
        );
      }),
      runs,
    );
  });
});

describe("nonces", () => {
  it("validate at most once, however many ask at the same time", async () => {
    emulator.reset();
    const nonce = emulator.world.mintNonce("1", ada);
    const checks = Array.from({ length: 20 }, () => post(emulator, "/user_nonce_validate", { nonce, user_id: ada }));
    const replies = await Promise.all(checks);
    expect(replies.filter(({ body }) => body.is_valid === true)).toHaveLength(1);
    expect(emulator.oracle.nonce(nonce)).toEqual({ validations: 20, accepted: 1 });
  });
});

describe("the oracle", () => {
  it("counts what was carried out, not what the world holds", async () => {
    emulator.reset();
    emulator.switches.set({ afterUnlock: "freeze" });
    for (let i = 0; i < 3; i += 1) await write({ api_name: "WINS_100", add_count: "100" });
    emulator.world.addForeign(ada, "WINS_100", { count: 50 });
    emulator.world.removeAll(ada);
    expect(emulator.world.progress(ada, "WINS_100").count).toBe(0n);
    const expected = { writes: 3, added: 300n, bitsSet: "", forcedUnlocks: 0, unlocks: 1 };
    expect(emulator.oracle.achievement(ada, "WINS_100")).toEqual(expected);
    emulator.requests.clear();
    expect(emulator.oracle.achievement(ada, "WINS_100")).toEqual(expected);
  });
});
