import type { Intent, ScoreEntry } from "./intent.ts";

/**
 * What a lane wants, merged. An achievement's parts travel in one request. A score keeps both extremes, since which of
 * them is better is the platform's word (the board's sort order), known only when it is sent.
 */
export type LaneValue = AchievementValue | ScoreValue;

export interface AchievementValue {
  readonly type: "achievement";
  readonly unlock: boolean;
  /** 0n: nothing to add. */
  readonly count: bigint;
  /** 0n: no bits to set. */
  readonly bits: bigint;
  /** Bits in the platform's text; 0 where the achievement has none. */
  readonly bitLength: number;
  /** An unlock does not absorb the count: the definition says `continueAfterUnlock`. */
  readonly keepsCounting: boolean;
}

export interface ScoreValue {
  readonly type: "score";
  /** Written even if it is worse than what stands there. */
  readonly forced: boolean;
  readonly highest: ScoreEntry;
  readonly lowest: ScoreEntry;
}

/** Counters stop here, as the platform's do. */
export const LARGEST_COUNT: bigint = 2n ** 63n - 1n;

/** The value of a single intent. */
export function valueOf(intent: Intent, keepsCounting = false): LaneValue {
  if (intent.kind === "submitScore") {
    return { type: "score", forced: intent.force, highest: intent.entry, lowest: intent.entry };
  }
  return {
    type: "achievement",
    unlock: intent.kind === "unlock",
    count: intent.kind === "addCount" ? intent.n : 0n,
    bits: intent.kind === "addBits" ? intent.bits : 0n,
    bitLength: intent.kind === "addBits" ? intent.length : 0,
    keepsCounting,
  };
}

/** Delivering the merged value leaves the state that delivering `earlier`, then `later` would leave. */
export function mergeValues(earlier: LaneValue, later: LaneValue): LaneValue {
  if (earlier.type === "achievement" && later.type === "achievement") return mergeAchievement(earlier, later);
  if (earlier.type === "score" && later.type === "score") return mergeScore(earlier, later);
  throw new TypeError("An achievement and a score never share a lane.");
}

function mergeAchievement(earlier: AchievementValue, later: AchievementValue): AchievementValue {
  const keepsCounting = earlier.keepsCounting || later.keepsCounting;
  const unlock = earlier.unlock || later.unlock;
  const absorbed = unlock && !keepsCounting;
  const sum = earlier.count + later.count;
  return {
    type: "achievement",
    unlock,
    count: absorbed ? 0n : sum > LARGEST_COUNT ? LARGEST_COUNT : sum,
    bits: absorbed ? 0n : earlier.bits | later.bits,
    bitLength: absorbed ? 0 : Math.max(earlier.bitLength, later.bitLength),
    keepsCounting,
  };
}

function mergeScore(earlier: ScoreValue, later: ScoreValue): ScoreValue {
  if (later.forced) return later;
  return {
    type: "score",
    forced: earlier.forced,
    highest: later.highest.score > earlier.highest.score ? later.highest : earlier.highest,
    lowest: later.lowest.score < earlier.lowest.score ? later.lowest : earlier.lowest,
  };
}

/** Adding to a counter is the one thing that must never be sent twice. */
export function accumulates(value: LaneValue): boolean {
  return value.type === "achievement" && value.count > 0n;
}
