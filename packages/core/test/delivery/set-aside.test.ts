import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { silentLogger } from "../../src/runtime/log.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { directStore } from "../../src/store/direct-store.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { SqliteCalls } from "../../src/store/sqlite-calls.ts";
import { storeFile } from "../../src/store/sqlite-store.ts";
import { add, QUIET, USER, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const directory = mkdtempSync(join(tmpdir(), "questline-damage-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const DAY = 24 * 3_600_000;
const unlock = (target = "FIRST") => ({ kind: "unlock", target }) as const;

/** As it is beside the thread of its file, on a clock that stands still: some turns of the loop are not enough. */
function fileStore(path: string, now: () => number): LaneStore {
  return { ...directStore(new SqliteCalls(storeFile(path, {}), { now })), gatherMs: 0 };
}

function damage(path: string, user: string): void {
  const database = new DatabaseSync(path);
  database.prepare("UPDATE lanes SET row = substr(row, 2) WHERE id LIKE ?").run(`1\n${user}\n%`);
  database.close();
}

test("a damaged lane is named once, the others are delivered, and what comes for it later stands on a fresh read", async () => {
  const path = join(directory, "one.db");
  const clock = manualClock();
  const platform = scriptedPlatform(clock);
  const before = await world({ store: fileStore(path, clock.now), clock, platform });
  await before.accept(add(5n));
  await clock.advance(0);
  await clock.advance(QUIET);
  await before.accept(add(1n, "KILLS"), { dueInMs: DAY });
  await before.accept(add(1n, "OTHER"), { user: "2", dueInMs: 1_000 });
  await before.store.close();
  damage(path, USER);

  const said: object[] = [];
  const logger = {
    ...silentLogger,
    error: (fields: object, message: string) => void said.push({ ...fields, message }),
  };
  const w = await world({ store: fileStore(path, clock.now), clock, platform, logger, takeoverQuietMs: QUIET });
  await w.outbox.prefetch(USER);
  platform.state("KILLS").count = 40n;
  await clock.advance(1_000);
  await w.accept(add(2n));
  await clock.advance(0);
  expect(said).toEqual([
    {
      id: 1,
      what: "lane",
      app: "1",
      user: USER,
      target: "KILLS",
      match: undefined,
      why: expect.stringContaining("KILLS"),
      message: expect.stringContaining("set aside"),
    },
  ]);
  expect(platform.state("OTHER").count).toBe(1n);
  expect(await w.outbox.owed()).toMatchObject({ pending: 1, setAside: 1 });
  const written = platform.writes.length;
  await clock.advance(QUIET - 1);
  expect(platform.writes).toHaveLength(written);
  platform.scripts.push("lost-after-effect");
  for (let wait = 0; wait < 6; wait += 1) await clock.advance(QUIET);
  expect(platform.state("KILLS").count).toBe(42n);
  expect(w.counters).toMatchObject({ verdictsApplied: 1, verdictsForeign: 0 });
  expect(said).toHaveLength(1);
});

test("who waits for a result whose row is set aside is told so", async () => {
  const path = join(directory, "two.db");
  const clock = manualClock();
  const before = await world({ store: fileStore(path, clock.now), clock });
  const taken = await before.accept(add(5n), { dueInMs: 1_000 });
  await before.store.close();
  damage(path, USER);
  const w = await world({ store: fileStore(path, clock.now), clock });
  const key = { app: "1", user: USER, target: { type: "achievement", name: "KILLS" } } as const;
  const seq = taken.status === "accepted" ? taken.seq : 0;
  const waited = w.outbox.settled(key, seq);
  await clock.advance(1_000);
  expect(await waited).toEqual({ status: "dead", reason: "unreadable" });
});

test("a store full of players who are gone takes new ones after the retention, and not before", async () => {
  const clock = manualClock();
  const w = await world({ store: memoryStore({ maxLanes: 2 }), clock, retentionMs: 2 * DAY });
  await w.accept(unlock(), { user: "1" });
  await w.accept(unlock(), { user: "2" });
  await clock.advance(0);
  for (const user of ["1", "2"]) await w.store.acknowledge("1", user, ["FIRST:0"]);
  const pass = async (days: number) => {
    for (let hours = 0; hours < days * 24; hours += 1) await clock.advance(3_600_000);
  };
  await expect(w.accept(unlock(), { user: "3" })).rejects.toThrow("not taken");
  await pass(1.9);
  await expect(w.accept(unlock(), { user: "3" })).rejects.toThrow("not taken");
  await pass(2.2);
  expect(await w.store.inspect()).toEqual([]);
  await w.accept(unlock(), { user: "3" });
});
