import { afterEach, expect, it } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { best, count, openAs, QUIET_MS, T0 } from "./lane-steps.ts";
import { killChildren, start } from "./start-child.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();
const LATER = T0 + 60_000;
const stores: LaneStore[] = [];

afterEach(async () => {
  killChildren();
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

async function reopened(path: string): Promise<{ readonly store: LaneStore; readonly taken: unknown }> {
  const store = sqliteStore(path);
  stores.push(store);
  return { store, taken: await openAs(store, "parent", LATER) };
}

const promised = (lines: readonly string[]): number =>
  Math.max(0, ...lines.filter((line) => line.startsWith("accepted")).map((line) => Number(line.split(" ")[1])));

it.each([1, 5, 40])("keeps what was accepted when the process is killed after batch %i", async (batches) => {
  const path = nextPath();
  const child = start("accepts", path);
  while (promised([await child.line("accepted")]) < batches);
  await child.kill();
  const { store } = await reopened(path);
  const seqs = (await store.inspect()).map(({ seq }) => seq);
  expect(seqs).toHaveLength(10);
  expect(new Set(seqs).size, "a batch is all or nothing").toBe(1);
  expect(seqs[0]).toBeGreaterThanOrEqual(promised(child.lines));
});

it.each([1, 2, 3, 4])("keeps whole batches only when the process is killed in a flood of them (%i)", async (floods) => {
  const path = nextPath();
  const child = start("floods", path);
  for (let seen = 0; seen < floods; seen += 1) await child.line("flooding");
  await child.kill();
  const { store } = await reopened(path);
  const lanes = await store.inspect();
  const seqs = new Set(lanes.map(({ seq }) => seq));
  expect(seqs.size).toBeLessThanOrEqual(1);
  expect([...seqs][0] ?? 0).toBeGreaterThanOrEqual(promised(child.lines));
  for (const { pending, seq } of lanes) expect(pending).toEqual(valueOf(count(BigInt(seq))));
});

it("finds staged counts in doubt and everything else pending after the process was killed", async () => {
  const path = nextPath();
  const child = start("stages", path);
  await child.line("staged");
  await child.kill();
  const { store, taken } = await reopened(path);
  expect(taken).toEqual({ released: 2, inDoubt: 1, poisoned: 0, ended: [] });
  const atOnce = await store.lease(10, LATER);
  const afterQuiet = await store.lease(10, LATER + QUIET_MS);
  const scores = [...atOnce, ...afterQuiet].map(({ value }) => value).filter(({ type }) => type === "score");
  // The one that was staged may still land, which does no harm to another best one.
  expect(atOnce).toHaveLength(2);
  expect(scores).toEqual(expect.arrayContaining([valueOf(best(8n)), valueOf(best(1n))]));
  const verdict = afterQuiet.find(({ journal }) => journal !== undefined);
  expect(verdict).toMatchObject({ value: valueOf(count(5n)), journal: { n: 5n, count: 3n, inDoubtSince: LATER } });
});

it("finds settled sends settled and dead ones dead after the process was killed", async () => {
  const path = nextPath();
  const child = start("settles", path);
  await child.line("settled");
  await child.kill();
  const { store, taken } = await reopened(path);
  expect(taken).toEqual({ released: 0, inDoubt: 0, poisoned: 0, ended: [] });
  expect(await store.owed()).toEqual({ pending: 0, inFlight: 0, inDoubt: 0, parked: 0, dead: 1, setAside: 0 });
  const [settled] = await store.inspect({ user: "7001" });
  expect(await store.ended(settled?.id ?? "", 1)).toMatchObject({ how: "delivered" });
});

it("refuses a file that another process holds, and opens it once that process was killed", async () => {
  const path = nextPath();
  const child = start("holds", path);
  await child.line("open");
  await expect(reopened(path)).rejects.toMatchObject({ code: "store_locked", message: /another process/ });
  await child.kill();
  await reopened(path);
  const second = start("holds", path);
  expect(await second.line("failed")).toBe("failed store_locked");
});

it("keeps a process alive for an answer, and no longer", async () => {
  const child = start("leaves", nextPath());
  expect(await child.line("answered")).toBe("answered 2");
  expect(await child.exited).toEqual([0, null]);
});

it("says that the disk is full, and what was accepted before stays", async () => {
  const path = nextPath();
  const child = start("fills", path, { shell: "ulimit -f 1500" });
  const refused = JSON.parse((await child.line("refused")).slice("refused ".length));
  expect(refused).toMatchObject({ code: "store_unusable", message: expect.stringContaining(JSON.stringify(path)) });
  expect(refused.message).toMatch(/disk/);
  await child.exited;
  const { store } = await reopened(path);
  expect(promised(child.lines)).toBeGreaterThan(0);
  expect(await store.inspect()).toHaveLength(promised(child.lines));
});
