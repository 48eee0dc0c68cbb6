import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { directStore } from "../../src/store/direct-store.ts";
import { SqliteCalls } from "../../src/store/sqlite-calls.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import { change } from "./damage.ts";
import { APP, best, count, delivered, firing, HOUR, journalOf, openAs, refused, T0, unlock } from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();

const storeAt = (path: string): LaneStore =>
  directStore(new SqliteCalls({ path, durability: "process", maxLanes: 100_000 }));

/** A file of a few megabytes is written, which a busy machine takes its time for. */
const LONGEST_MS = 60_000;

const PLAYERS = 300;
const TOGETHER = 50;
const userOf = (player: number): string => String(7_100_000_000_000_000n + BigInt(player) * 1_000_003n);

/** How often the text stands in the file and what lies beside it. */
function copiesOf(text: string, path: string): number {
  let copies = 0;
  for (const part of ["", "-wal", "-shm", "-journal", "-lock", "-holder"]) {
    if (!existsSync(path + part)) continue;
    const bytes = readFileSync(path + part);
    for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) copies += 1;
  }
  return copies;
}

/** Players who play matches, have their tokens sealed anew, and results that are delivered, die and are requeued. */
async function play(store: LaneStore, rounds: number): Promise<ReadonlyMap<string, string>> {
  const random = seededRandom(5);
  const sealed = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    const now = T0 + round * 1_000;
    for (let first = 0; first < PLAYERS; first += TOGETHER) {
      const match = `m-${round}-${first}`;
      const users = Array.from({ length: TOGETHER }, (_, at) => userOf(((first + at) * 7_919 + round) % PLAYERS));
      const once = (rule: string, occurrence = "") => ({ match, event: "ended", occurrence, rule });
      for (const user of users) {
        const token = `sealed ${round} ${user} ${"s".repeat(Math.floor(random.next() * 1_500))}`;
        sealed.set(user, token);
        await store.keepToken(APP, user, token, now);
      }
      await store.accept(
        users.map((user) => [
          firing(count(1n), { user, at: now, once: once("counts") }),
          firing(unlock("FIRST"), { user, at: now, once: once("unlocks") }),
          firing(best(BigInt(round)), { user, at: now, once: once("scores", `o-${round}`) }),
        ]),
      );
      const lanes = await store.lease(3 * TOGETHER, now);
      await store.stage(
        lanes.map((lane) => ({ lane: lane.id, leaseToken: lane.leaseToken, journal: journalOf(lane) })),
      );
      const end = (at: number) => (at % 17 === 0 ? refused : { ...delivered, announce: true });
      await store.settle(lanes.map(({ id, leaseToken }, at) => ({ lane: id, leaseToken, now, end: end(at) })));
      for (const { id } of (await store.deadLetters()).slice(0, 4)) await store.requeue(id, now);
    }
  }
  return sealed;
}

it(
  "leaves no byte of a user who is forgotten, nor of their sealed token, once the file is closed",
  { timeout: LONGEST_MS },
  async () => {
    const path = nextPath();
    const store = storeAt(path);
    await openAs(store, "first");
    const sealed = await play(store, 3);
    const forgotten = Array.from({ length: 30 }, (_, at) => userOf(at * 10 + 3));
    for (const user of forgotten) expect(await store.forgetUser(APP, user, true)).toMatchObject({ forgotten: true });
    await store.close();
    const left = forgotten.filter((user) => copiesOf(user, path) > 0 || copiesOf(sealed.get(user) as string, path) > 0);
    expect(left).toEqual([]);
    const kept = userOf(4);
    expect(copiesOf(kept, path)).toBeGreaterThan(0);
    expect(copiesOf(sealed.get(kept) as string, path)).toBe(1);
  },
);

it("leaves nothing of them in pages that a purge has freed", { timeout: LONGEST_MS }, async () => {
  const path = nextPath();
  const store = storeAt(path);
  await openAs(store, "first");
  await play(store, 2);
  for (const hours of [24, 48]) {
    await store.accept([[firing(count(1n), { user: "1", at: T0 + hours * HOUR })]]);
    await store.purge(T0 + hours * HOUR);
  }
  await store.forgetUser(APP, userOf(9), true);
  await store.close();
  expect(copiesOf(userOf(9), path)).toBe(0);
});

it("leaves nothing of what was deleted before deleted rows were overwritten", { timeout: LONGEST_MS }, async () => {
  const path = nextPath();
  const store = storeAt(path);
  await openAs(store, "first");
  await play(store, 1);
  const user = userOf(11);
  await store.forgetUser(APP, user, true);
  await store.close();
  for (let name = 0; name < 40; name += 1)
    change(path, "INSERT INTO tokens (owner, sealed, at) VALUES (?, 'old', 1)", `${user} ${name}`);
  change(path, "DELETE FROM tokens WHERE sealed = 'old'");
  expect(copiesOf(user, path)).toBeGreaterThan(0);

  await openAs(store, "second");
  await store.forgetUser(APP, user, true);
  expect(await store.inspect({ user: userOf(12) })).not.toEqual([]);
  await store.close();
  expect(copiesOf(user, path)).toBe(0);
});
