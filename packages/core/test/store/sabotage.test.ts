import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, it, vi } from "vitest";
import { memoryStore } from "../../src/store/memory-store.ts";
import { probedSqliteStore, sabotagedMemoryStore } from "../../src/store/probed-store.ts";
import { SqliteCalls } from "../../src/store/sqlite-calls.ts";
import type { LaneVerbs } from "../../src/store/lane-verbs.ts";
import { brokenPromises } from "./lane-store-suite.ts";
import { count, firing, journalOf, QUIET_MS, T0 } from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();
const silent = new URL("./silent-probe.ts", import.meta.url);

afterEach(() => vi.restoreAllMocks());

const TOKENS = {
  about: ["lease, stage, park"],
  broken: [
    "refuses a token that is not the lane's current one, and changes nothing",
    "answers a mixed batch in order and ends only the leases that hold",
  ],
};
const ONCE = {
  about: ["accept"],
  broken: ["tells once keys apart by app, match, user, event, occurrence and rule"],
};

it("finds no broken promise in a sound store", async () => {
  expect(await brokenPromises(memoryStore)).toEqual([]);
});

it.each([
  ["ignoreLeaseTokens", TOKENS],
  ["onceKeyWithoutOccurrence", ONCE],
])("finds the promises broken by %s, and only there", { timeout: 60_000 }, async (sabotage, { about, broken }) => {
  const inMemory = await brokenPromises((limits) => sabotagedMemoryStore({ ...limits, [sabotage]: true }));
  expect(inMemory).toEqual(expect.arrayContaining(broken));
  const probed = (sabotages: object) =>
    brokenPromises((limits) => probedSqliteStore(nextPath(), { ...limits, ...sabotages }, silent), about);
  expect(await probed({ [sabotage]: true })).toEqual(expect.arrayContaining(broken));
  expect(await probed({})).toEqual([]);
});

/** The level of fsync that each commit of an accept, a stage and a settle ran under. */
function syncedCommits(syncedStages: boolean): readonly (string | undefined)[] {
  const calls = new SqliteCalls(
    { path: nextPath(), durability: "process", maxLanes: 10 },
    { passing: () => undefined, verbsOf: (verbs) => verbs, syncedStages },
  );
  let id = 0;
  const ask = <Verb extends keyof LaneVerbs>(verb: Verb, ...args: readonly unknown[]): ReturnType<LaneVerbs[Verb]> => {
    const [answer] = calls.answer([{ id: ++id, verb, args }]);
    if (answer?.ok !== true) throw new Error(JSON.stringify(answer));
    return answer.result as ReturnType<LaneVerbs[Verb]>;
  };
  ask("open", { incarnation: "first", now: T0, quietMs: QUIET_MS, poisonAfter: 5 });
  const told: string[] = [];
  const exec = DatabaseSync.prototype.exec;
  vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql: string) {
    told.push(sql);
    exec.call(this, sql);
  });
  ask("accept", [[firing(count(1n))]]);
  const [lane] = ask("lease", 1, T0);
  if (!lane) throw new Error("the lane is due");
  const { leaseToken } = lane;
  told.length = 0;
  ask("stage", [{ lane: lane.id, leaseToken, journal: journalOf(lane) }]);
  ask("settle", [{ lane: lane.id, leaseToken, now: T0, end: { type: "parked" } }]);
  calls.answer([{ id: ++id, verb: "close", args: [] }]);
  let level: string | undefined = "NORMAL";
  return told.flatMap((sql) => {
    level = /synchronous = (\w+)/.exec(sql)?.[1] ?? level;
    return sql === "COMMIT" ? [level] : [];
  });
}

it("commits journals with an fsync, and only unsyncedStage does not", () => {
  expect(syncedCommits(true)).toEqual(["FULL", "NORMAL"]);
  vi.restoreAllMocks();
  expect(syncedCommits(false)).toEqual(["NORMAL", "NORMAL"]);
});

it("refuses a probe module without a probe", async () => {
  const store = probedSqliteStore(nextPath(), {}, new URL("./firings.ts", import.meta.url));
  const opening = store.open({ incarnation: "first", now: T0, quietMs: QUIET_MS, poisonAfter: 5 });
  await expect(opening).rejects.toMatchObject({ code: "store_unusable" });
});
