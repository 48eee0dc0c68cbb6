import type { Reason } from "../intent/outcome.ts";
import type { Answer, Governor, Wish } from "../resilience/governor.ts";

/** As much of an outcome or a reading as the app as a whole learns from. */
export interface Heard {
  readonly status: string;
  readonly reason?: Reason;
  readonly afterMs?: number;
  readonly appWide?: boolean;
  readonly ofUser?: boolean;
}

/** The platform gave no answer, or none of its own. */
const FAILURES: ReadonlySet<string | undefined> = new Set<Reason>([
  "no-answer",
  "not-connected",
  "platform-unavailable",
  "unreadable-answer",
  // Of one target alone it is that target's; of several that asked it is the app's.
  "permission",
]);
/** It answered, but not so that others could count on it. */
const PROVE_NOTHING: ReadonlySet<string | undefined> = new Set<Reason>(["progress-unread"]);

/** Asks under a permit, and lets the governor learn from the answer; undefined where there was no permit to be had. */
export async function underPermit<Answered extends Heard>(
  governor: Governor<Reason>,
  wish: Wish,
  ask: () => Promise<Answered> | undefined,
): Promise<Answered | undefined> {
  const permit = await governor.acquire(wish);
  if (permit === undefined) return undefined;
  let answered: Answered | undefined;
  try {
    return (answered = await ask());
  } finally {
    permit.end(answered && answerOf(answered));
  }
}

/** When who got no permit may ask again, and why not now. */
export function nextTurn(governor: Governor<Reason>, now: number): { readonly reason: Reason; readonly until: number } {
  return governor.held ?? { reason: "not-connected", until: now };
}

function answerOf({ reason, afterMs, appWide = false, ofUser = false }: Heard): Answer<Reason> {
  if (reason !== undefined && appWide) return { is: "refused", reason, afterMs, limit: reason === "rate-limited" };
  if (reason === "rate-limited") return { is: "limited", reason, ofUser };
  if (reason !== undefined && FAILURES.has(reason)) return { is: "failed", reason };
  return { is: PROVE_NOTHING.has(reason) ? "neither" : "good" };
}
