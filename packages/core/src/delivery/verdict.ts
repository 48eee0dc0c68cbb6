import { LARGEST_COUNT } from "../intent/lane-value.ts";
import type { Journal } from "../store/lane-store.ts";
import type { RowReading } from "./platform.ts";

/** What a progress read says of a count whose send ended ambiguously. */
export type Verdict =
  /** The achievement is unlocked: the count no longer matters. */
  | { readonly is: "unlocked"; readonly count: bigint; readonly unlocked: true }
  | { readonly is: "applied"; readonly count: bigint; readonly unlocked: boolean }
  /** The count has not moved. Not applied only if a second read, half a quiet period later, says so again. */
  | { readonly is: "unchanged"; readonly count: bigint; readonly unlocked: boolean }
  | { readonly is: "not-applied"; readonly count: bigint; readonly unlocked: boolean }
  /** Unlocked, and in two reads below what we had counted to: the platform counts no further after an unlock. */
  | { readonly is: "frozen"; readonly count: bigint; readonly unlocked: true }
  /** Progress shrank: somebody reset it. */
  | { readonly is: "reset"; readonly count: bigint; readonly unlocked: boolean }
  /** Somebody else wrote. */
  | { readonly is: "foreign"; readonly count: bigint; readonly unlocked: boolean }
  | { readonly is: "unreadable" };

/** What the verdict depends on beside the journal. */
export interface VerdictContext {
  /** The platform says that the definition is archived, which hides its rows. */
  readonly archived: boolean;
  /** The definition counts on after the unlock, so that the count alone judges. */
  readonly keepsCounting: boolean;
  /** The platform's target for the count, where it is known. */
  readonly target?: bigint | undefined;
  /** Sabotage: more than n is taken for n. */
  readonly atLeastForEqual?: boolean;
}

/** Judges a reading that was sent after the quiet period ended. */
export function judge(journal: Journal, reading: RowReading, context: VerdictContext): Verdict {
  if (reading.status === "unread") return { is: "unreadable" };
  if (reading.status === "absent") {
    return journal.count === 0n && !context.archived ? unchanged(journal, 0n, false) : { is: "unreadable" };
  }
  const { unlocked, count } = reading.row;
  if (unlocked && !context.keepsCounting) {
    return { is: "unlocked", count: count ?? journal.count + journal.n, unlocked };
  }
  if (count === undefined) return { is: "unreadable" };
  const expected = expectedCount(journal);
  if (count === expected || (context.atLeastForEqual === true && count > expected)) {
    return { is: "applied", count, unlocked };
  }
  if (count === journal.count) return unchanged(journal, count, unlocked);
  if (unlocked) return judgeUnlocked(journal, count, context);
  return count < journal.count ? { is: "reset", count, unlocked } : { is: "foreign", count, unlocked };
}

/** Where progress was reset since the journal was written, a count that stands as it did may have come back to it. */
export function afterReset(verdict: Verdict): Verdict {
  switch (verdict.is) {
    case "unchanged":
    case "not-applied":
    case "foreign":
      return { is: "reset", count: verdict.count, unlocked: verdict.unlocked };
    default:
      return verdict;
  }
}

/** A counter of an unlocked achievement that is neither where it was nor where ours would have brought it. */
function judgeUnlocked(journal: Journal, count: bigint, { target }: VerdictContext): Verdict {
  const unlocked = true;
  if (count < journal.count) {
    return { is: journal.unchangedReads >= 1 ? "frozen" : "unchanged", count, unlocked };
  }
  const isCapped = count === target && count < expectedCount(journal);
  return { is: isCapped ? "applied" : "foreign", count, unlocked };
}

/** Where ours would have brought the counter. */
function expectedCount({ count, n }: Journal): bigint {
  const sum = count + n;
  return sum > LARGEST_COUNT ? LARGEST_COUNT : sum;
}

function unchanged(journal: Journal, count: bigint, unlocked: boolean): Verdict {
  return { is: journal.unchangedReads >= 1 ? "not-applied" : "unchanged", count, unlocked };
}
