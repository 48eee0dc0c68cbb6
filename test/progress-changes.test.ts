import { count, createQuestline, each, memoryStore, silentLogger, simple } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import type { Emulator } from "@questline/emulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { USER, winningSeed } from "./winning-seed.ts";

const seed = winningSeed();

let emulator: Emulator;
let questline: ReturnType<typeof start>;

function start(timeoutMs = 2_000) {
  return createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: memoryStore(),
    graph: { baseUrl: emulator.url, timeoutMs },
    delivery: { windowMs: 0, quietPeriodMs: 300, takeoverQuietMs: 300, backoffMs: 20, maxBackoffMs: 50 },
    logger: silentLogger,
    achievements: { FIRST_WIN: simple(), WINS_100: count(100) },
    events: { won: each<object>(), counted: each<{ readonly n: number }>() },
    rules: {
      won: ({ unlock }) => [unlock("FIRST_WIN")],
      counted: ({ addCount }) => [addCount("WINS_100", (e) => e.n)],
    },
  });
}

beforeEach(async () => {
  emulator = await createEmulator({ seed });
  questline = start();
});
afterEach(async () => {
  await questline.close({ timeoutMs: 0 });
  await emulator.close();
});

const standing = (name: string) => emulator.world.progress(USER, name);
const report = (event: "won" | "counted", payload: object) =>
  questline.match("m").report(USER, event as never, payload as never) as ReturnType<
    ReturnType<typeof questline.match>["report"]
  >;
const settled = async (event: "won" | "counted", payload: object): Promise<string | undefined> =>
  (await report(event, payload).settled)[0]?.status;

describe("a reset through Questline's own calls begins a new epoch", () => {
  test("an unlock that comes later is sent, not taken for known", async () => {
    expect(await settled("won", {})).toBe("delivered");
    await questline.graph.achievements.removeAll(USER);
    expect(await settled("won", {})).toBe("delivered");
    expect(standing("FIRST_WIN")).toMatchObject({ unlocked: true });
    // Each of the two unlocks is news of its own.
    expect(new Set((await questline.announcements(USER)).map(({ id }) => id)).size).toBe(2);
  });

  test("a count that comes later stands on what is there then", async () => {
    expect(await settled("counted", { n: 5 })).toBe("delivered");
    await questline.graph.achievements.removeAll(USER);
    emulator.faults.add({ operation: "achievements.write", kind: "resetAfter" });
    expect(await settled("counted", { n: 10 })).toBe("delivered");
    expect(standing("WINS_100")).toMatchObject({ count: 10n });
  });

  test("also where its answer is lost: nothing leaves until it has landed or never will", async () => {
    expect(await settled("won", {})).toBe("delivered");
    emulator.faults.add({ operation: "achievements.removeAll", kind: "resetAfter" });
    await expect(questline.graph.achievements.removeAll(USER)).rejects.toMatchObject({ applied: "maybe" });
    expect(await settled("won", {})).toBe("delivered");
    expect(standing("FIRST_WIN")).toMatchObject({ unlocked: true });
  });
});

test("a write through Questline's own calls moves no baseline unseen", async () => {
  expect(await settled("counted", { n: 5 })).toBe("delivered");
  await questline.graph.achievements.write({ userId: USER, apiName: "WINS_100", addCount: 7 });
  emulator.faults.add({ operation: "achievements.write", kind: "resetAfter" });
  expect(await settled("counted", { n: 3 })).toBe("delivered");
  expect(standing("WINS_100")).toMatchObject({ count: 15n });
  expect(questline.stats()).toMatchObject({ verdictsForeign: 0, dead: 0 });
});

test("a call with a user id that is none is refused as ever, and marks nothing", async () => {
  await expect(questline.graph.achievements.removeAll("amber")).rejects.toMatchObject({ code: "bad_input" });
});
