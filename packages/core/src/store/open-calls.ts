import type { Clock } from "../runtime/clock.ts";
import type { Probe } from "../runtime/probe.ts";
import { SqliteCalls } from "./sqlite-calls.ts";
import type { ThreadFile } from "./store-calls.ts";
import { sabotagedVerbs } from "./store-sabotage.ts";

/** What the thread of a file works with. */
export interface OpenedCalls {
  readonly calls: SqliteCalls;
  /** As tests want it: told of each named instant, and the time of this thread. */
  readonly probe?: Probe;
  readonly clock?: Clock;
}

/** Commits between two checkpoints that a probe is told of. */
const COMMITS_PER_CHECKPOINT = 64;

/** The calls of this thread's file. Throws TypeError for a probe module without a probe. */
export async function openCalls({ file, probeModule, sabotage = {} }: ThreadFile): Promise<OpenedCalls> {
  if (probeModule === undefined) return { calls: new SqliteCalls(file) };
  const { default: probe, clock } = (await import(probeModule)) as { default?: unknown; clock?: Clock };
  if (!isProbe(probe)) throw new TypeError(`${probeModule} must export its probe as default.`);
  const calls = new SqliteCalls(file, {
    passing: probe,
    verbsOf: (verbs, tables) => sabotagedVerbs(verbs, tables, sabotage),
    syncedStages: sabotage.unsyncedStage !== true,
    commitsPerCheckpoint: COMMITS_PER_CHECKPOINT,
    ...(clock && { now: () => clock.now() }),
  });
  return { calls, probe, ...(clock && { clock }) };
}

const isProbe = (value: unknown): value is Probe => typeof value === "function";
