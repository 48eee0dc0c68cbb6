import { LARGEST_COUNT } from "../intent/lane-value.ts";
import type { Journal } from "../store/lane-store.ts";
import type { RowReading } from "./platform.ts";

/** What a progress read says of a count whose send ended ambiguously. */
export type Verdict =
  /** The achievement is unlocked: the count no longer matters. */
  | { readonly is: "unlocked"; readonly count: bigint }
  | { readonly is: "applied"; readonly count: bigint }
  /** The count has not moved. Not applied only if a second read, half a quiet period later, says so again. */
  | { readonly is: "unchanged"; readonly count: bigint }
  | { readonly is: "not-applied"; readonly count: bigint }
  /** Progress shrank: somebody reset it. */
  | { readonly is: "reset"; readonly count: bigint }
  /** Somebody else wrote. */
  | { readonly is: "foreign"; readonly count: bigint }
  | { readonly is: "unreadable" };

/** What the verdict depends on beside the journal. */
export interface VerdictContext {
  /** The platform says that the definition is archived, which hides its rows. */
  readonly archived: boolean;
  /** The definition counts on after the unlock, so an unlock alone proves nothing. */
  readonly keepsCounting: boolean;
  /** Sabotage: more than n is taken for n. */
  readonly atLeastForEqual?: boolean;
}

/** Judges a reading that was sent after the quiet period ended. */
export function judge(journal: Journal, reading: RowReading, context: VerdictContext): Verdict {
  if (reading.status === "unread") return { is: "unreadable" };
  if (reading.status === "absent") {
    return journal.count === 0n && !context.archived ? unchanged(journal, 0n) : { is: "unreadable" };
  }
  const { unlocked, count } = reading.row;
  const countStillMatters = context.keepsCounting && !journal.wasLocked;
  if (unlocked && !countStillMatters) return { is: "unlocked", count: count ?? journal.count + journal.n };
  if (count === undefined) return { is: "unreadable" };
  const sum = journal.count + journal.n;
  const expected = sum > LARGEST_COUNT ? LARGEST_COUNT : sum;
  if (count === expected || (context.atLeastForEqual === true && count > expected)) return { is: "applied", count };
  if (count === journal.count) return unchanged(journal, count);
  return { is: count < journal.count ? "reset" : "foreign", count };
}

function unchanged(journal: Journal, count: bigint): Verdict {
  return { is: journal.unchangedReads >= 1 ? "not-applied" : "unchanged", count };
}
