import type { ScoreEntry } from "./intent.ts";
import type { ScoreValue } from "./lane-value.ts";

/** Which score a board calls better (the platform's `sort_order`). */
export type SortOrder = "higher-is-better" | "lower-is-better";

/** The entry of a merged score to send to a board with this order. */
export function chooseScore(value: ScoreValue, sort: SortOrder): ScoreEntry {
  return sort === "higher-is-better" ? value.highest : value.lowest;
}
