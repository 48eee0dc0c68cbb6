import { copyFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { openFile } from "./damage.ts";
import {
  acceptAll,
  APP,
  best,
  bits,
  count,
  delivered,
  endOne,
  firing,
  HOUR,
  journalOf,
  parked,
  QUIET_MS,
  refused,
  released,
  stageOne,
  T0,
  unlock,
  USER,
} from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();
const once = (match: string, occurrence = "") => ({ match, event: "e", occurrence, rule: "r" });

/** Lanes of USER and of "sound" in every state, with everything that is kept beside them. */
async function filled(path: string): Promise<void> {
  const { store } = await openFile(path);
  for (const user of [USER, "sound"]) {
    const intents = [count(1n), count(2n, "KILLS"), bits(5n), best(9n, "QQ=="), unlock("FIRST"), unlock("SECOND")];
    await acceptAll(
      store,
      intents.flatMap((intent) => ["", "o"].map((id) => firing(intent, { user, once: once(intent.target, id) }))),
    );
    await store.keepToken(APP, user, "sealed", T0);
  }
  for (const lane of await store.lease(100, T0)) {
    const attempt = { startedAt: T0, endedAt: T0, status: "retryable", reason: "no-answer" } as const;
    const settle = (end: Parameters<typeof endOne>[2]) =>
      store.settle([{ lane: lane.id, leaseToken: lane.leaseToken, now: T0, end, attempt }]);
    const progress = { count: 3n, unlocked: false, at: T0 };
    if (lane.key.target.name === "WINS") await stageOne(store, lane);
    if (lane.key.target.name === "KILLS") await settle({ type: "in-doubt", journal: journalOf(lane), dueAt: T0 });
    if (lane.key.target.name === "MAPS") await settle(released(T0, true));
    if (lane.key.target.name === "TIMES") await settle(parked);
    if (lane.key.target.name === "FIRST") await settle({ ...delivered, progress, announce: true } as typeof delivered);
    if (lane.key.target.name === "SECOND") await settle(refused);
  }
  await store.close();
}

interface Flip {
  readonly table: string;
  readonly row: number;
  readonly column: string;
  readonly at: number;
  readonly bit: number;
}

const COLUMNS: readonly (readonly [table: string, columns: readonly string[]])[] = [
  ["lanes", ["row", "row", "row", "row", "state", "due", "idle_since"]],
  ["matches_0", ["firings"]],
  ["occurrences_0", ["entry"]],
  ["sends_0", ["from_seq", "how", "reason", "attempts", "at", "last"]],
  ["dead_letters", ["letter", "lane"]],
  ["meta", ["value"]],
  ["tokens", ["sealed", "at"]],
];

const flip: fc.Arbitrary<Flip> = fc.constantFrom(...COLUMNS).chain(([table, columns]) =>
  fc.record({
    table: fc.constant(table),
    row: fc.nat({ max: 11 }),
    column: fc.constantFrom(...columns),
    at: fc.nat({ max: 600 }),
    bit: fc.nat({ max: 7 }),
  }),
);

/** Flips one bit of what one column of one of USER's rows holds, whatever that makes of it. */
function damage(path: string, { table, row, column, at, bit }: Flip): void {
  const database = new DatabaseSync(path);
  const key = { lanes: "lane", sends_0: "lane", dead_letters: "id", meta: "name", tokens: "owner" }[table] ?? "name";
  const mine =
    table === "sends_0"
      ? "lane IN (SELECT lane FROM lanes WHERE id LIKE ?)"
      : `${key === "id" ? "lane" : table === "lanes" ? "id" : key} LIKE ?`;
  const pattern = table === "meta" ? "%" : `%${USER}%`;
  const keys = database.prepare(`SELECT ${key} AS key FROM ${table} WHERE ${mine}`).all(pattern);
  const chosen = keys[row % Math.max(1, keys.length)]?.["key"] as string | number | undefined;
  if (chosen !== undefined) {
    const text = database
      .prepare(`SELECT CAST(${column} AS BLOB) AS text FROM ${table} WHERE ${key} = ?`)
      .get(chosen)?.["text"];
    if (text instanceof Uint8Array && text.length > 0) {
      text[at % text.length] = (text[at % text.length] ?? 0) ^ (1 << bit);
      database.prepare(`UPDATE ${table} SET ${column} = CAST(? AS TEXT) WHERE ${key} = ?`).run(text, chosen);
    }
  }
  database.close();
}

/** Everything a process and the people beside it ask of a store; answers how "sound" fared. */
async function useAll(store: LaneStore, now: number): Promise<readonly string[]> {
  const firings = ["m", "n"].flatMap((match) =>
    [USER, "sound"].map((user) => [firing(count(1n), { user, once: once(match), at: now })]),
  );
  await store.accept(firings);
  await store.accept([[firing(count(1n), { once: once("WINS"), at: now })]]);
  await store.accept([[firing(best(4n), { once: once("TIMES", "o"), at: now })]]);
  for (const user of [USER, "sound"]) await store.wake(APP, user, now);
  await store.makeDue(now);
  const settled: string[] = [];
  for (let rounds = 0; rounds < 20; rounds += 1) {
    const lanes = await store.lease(3, now + rounds * QUIET_MS);
    for (const lane of lanes) {
      if (lane.journal === undefined) await stageOne(store, lane);
      await endOne(store, lane, delivered, now + rounds * QUIET_MS);
      if (lane.key.user === "sound") settled.push(`${lane.key.target.name} ${lane.fromSeq}-${lane.toSeq}`);
    }
  }
  const lanes = await store.inspect();
  for (const { id, seq } of lanes) for (const at of [1, 2, seq]) await store.ended(id, at);
  for (const user of [USER, "sound"]) {
    await store.remembered({ app: APP, user });
    await store.acknowledge(
      APP,
      user,
      (await store.announcements(APP, user)).map(({ id }) => id),
    );
    await store.sealedToken(APP, user);
    await store.forgetProgress(APP, user);
  }
  for (const { id } of await store.deadLetters()) await store.requeue(id, now);
  await store.expireParked(now - HOUR, now);
  await store.nextDue();
  await store.owed();
  for (const { id } of await store.setAside()) await store.dropSetAside(id);
  while ((await store.purge(now - 9 * HOUR)) > 0);
  return settled.toSorted();
}

it(
  "goes on with everything else, and throws nothing, whatever bits of a player's rows flip",
  { timeout: 120_000 },
  async () => {
    const [pristine, sound] = [nextPath(), nextPath()];
    await filled(pristine);
    copyFileSync(pristine, sound);
    const whole = await openFile(sound, "second", T0 + 1);
    const expected = await useAll(whole.store, T0 + QUIET_MS);
    await whole.store.close();
    expect(expected).toHaveLength(5);

    let setAside = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 6 }), async (flips) => {
        const path = nextPath();
        copyFileSync(pristine, path);
        for (const one of flips) damage(path, one);
        const { store, told } = await openFile(path, "second", T0 + 1);
        expect(await useAll(store, T0 + QUIET_MS)).toEqual(expected);
        await store.close();
        setAside += told.length;
        const again = await openFile(path, "third", T0 + HOUR);
        expect(again.told).toEqual([]);
        await again.store.close();
      }),
      { numRuns: 50 },
    );
    expect(setAside).toBeGreaterThan(10);
  },
);
