import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { directStore } from "../../src/store/direct-store.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { SqliteCalls } from "../../src/store/sqlite-calls.ts";
import { storeFile } from "../../src/store/sqlite-store.ts";
import { QUIET, USER, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const directory = mkdtempSync(join(tmpdir(), "questline-damage-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const DAY = 24 * 3_600_000;
const fileStore = (path: string, now: () => number): LaneStore => ({
  ...directStore(new SqliteCalls(storeFile(path, {}), { now })),
  gatherMs: 0,
});

test.each([0, 30])(
  "what comes for a damaged lane goes out after a quiet period, after %d days without a process",
  async (days) => {
    const path = join(directory, `${days}.db`);
    const clock = manualClock();
    const platform = scriptedPlatform(clock);
    const unlock = (target: string) => ({ kind: "unlock", target }) as const;
    const before = await world({ store: fileStore(path, clock.now), clock, platform });
    await before.accept(unlock("FIRST"), { dueInMs: DAY });
    await before.store.close();
    const database = new DatabaseSync(path);
    database.prepare("UPDATE lanes SET row = substr(row, 2) WHERE id LIKE ?").run(`1\n${USER}\n%`);
    database.close();

    const wall = { ...clock, now: () => clock.now() + days * DAY };
    const w = await world({ store: fileStore(path, wall.now), clock: wall, platform, takeoverQuietMs: QUIET });
    await clock.advance(10);
    await w.accept(unlock("FIRST"));
    for (let wait = 0; wait < 40; wait += 1) await clock.advance(QUIET);
    const [lane] = await w.store.inspect();
    const dueInDays = lane?.dueAt === undefined ? 0 : (lane.dueAt - wall.now()) / DAY;
    expect({ dueInDays: Math.round(dueInDays), unlocked: platform.state("FIRST").unlocked }).toEqual({
      dueInDays: 0,
      unlocked: true,
    });
  },
);
