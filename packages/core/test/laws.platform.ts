/**
 * A tiny platform of its own: what a player's achievement or score becomes when requests arrive one by one. Written from
 * the platform's documented rules, and sharing nothing with the merge it judges but the shape of intents.
 */
import type { Intent, ScoreEntry } from "../src/intent/intent.ts";
import type { LaneValue } from "../src/intent/lane-value.ts";
import type { SortOrder } from "../src/intent/score-choice.ts";

export interface AchievementState {
  readonly count: bigint;
  /** Set positions, as a mask. */
  readonly bits: bigint;
  readonly unlocked: boolean;
}

export type ScoreState = ScoreEntry | undefined;

const COUNTER_CAP = 9_223_372_036_854_775_807n;

/** One achievement write. A counter caps; reaching the target unlocks, and so does being told to. */
function writeAchievement(
  state: AchievementState,
  request: { readonly addCount?: bigint; readonly addBits?: bigint; readonly forceUnlock?: boolean },
  target: bigint,
): AchievementState {
  const sum = state.count + (request.addCount ?? 0n);
  const count = sum > COUNTER_CAP ? COUNTER_CAP : sum;
  const bits = state.bits | (request.addBits ?? 0n);
  const setBits = BigInt([...bits.toString(2)].filter((digit) => digit === "1").length);
  const reached = count >= target || setBits >= target;
  return { count, bits, unlocked: state.unlocked || reached || request.forceUnlock === true };
}

/** Which entry a tie leaves: the platform does not say. */
export type Tie = "standing" | "newcomer";

/** One score write: the better score stays, unless the write is forced. */
export function writeScore(
  state: ScoreState,
  entry: ScoreEntry,
  force: boolean,
  sort: SortOrder,
  onTie: Tie,
): ScoreState {
  if (state === undefined || force) return entry;
  if (entry.score === state.score) return onTie === "standing" ? state : entry;
  const better = sort === "higher-is-better" ? entry.score > state.score : entry.score < state.score;
  return better ? entry : state;
}

export function deliverIntent(state: AchievementState, intent: Intent, target: bigint): AchievementState {
  switch (intent.kind) {
    case "unlock":
      return writeAchievement(state, { forceUnlock: true }, target);
    case "addCount":
      return writeAchievement(state, { addCount: intent.n }, target);
    case "addBits":
      return writeAchievement(state, { addBits: intent.bits }, target);
    case "submitScore":
      throw new TypeError("A score is no achievement.");
  }
}

export function deliverAchievement(state: AchievementState, value: LaneValue, target: bigint): AchievementState {
  if (value.type !== "achievement") throw new TypeError("A score is no achievement.");
  return writeAchievement(state, { addCount: value.count, addBits: value.bits, forceUnlock: value.unlock }, target);
}

/** What players can tell apart: progress matters only while it is locked. */
export function visible({ count, bits, unlocked }: AchievementState): unknown {
  return unlocked ? "unlocked" : { count, bits };
}
