import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { LeasedLane } from "../store/lane-store.ts";
import { attempt } from "./attempt.ts";
import type { AttemptParts } from "./attempt-parts.ts";
import type { Conclusion } from "./conclude.ts";
import { RETRY_STORE_MS } from "./end-lease.ts";
import type { EndLease } from "./end-lease.ts";
import { endedOf } from "./ended.ts";
import type { Ended } from "./ended.ts";
import type { DeliveryPolicy } from "./policy.ts";
import { StoreFailed } from "./store-trouble.ts";

export interface RunLaneParts {
  readonly attempt: AttemptParts;
  readonly end: EndLease;
  readonly clock: Clock;
  readonly policy: DeliveryPolicy;
  readonly logger: Logger;
  readonly hasToken: (user: string) => Promise<boolean>;
  readonly wake: (app: string, user: string) => Promise<void>;
  readonly onFinal: (ended: Ended) => void;
}

/** Tries a leased lane once and ends its lease. */
export async function runLane(lane: LeasedLane, parts: RunLaneParts): Promise<void> {
  const { clock, end } = parts;
  const startedAt = clock.now();
  // Without a conclusion the lease was lost, or what it stands on: the store knows which.
  const concluded = await attempt(lane, parts.attempt).catch((error: unknown) => abandoned(lane, error, parts));
  const conclusion = concluded ?? givenUp(parts);
  const now = clock.now();
  const tried = conclusion.tried && { attempt: { startedAt, endedAt: now, ...conclusion.tried } };
  const settlement = { lane: lane.id, leaseToken: lane.leaseToken, now, end: conclusion.end, ...tried };
  const held = await end(settlement, lane.toSeq);
  if (held) await concludedAt(now, lane, conclusion, parts);
}

/** The store knows how far the attempt came; here nobody does. */
function abandoned(lane: LeasedLane, error: unknown, parts: RunLaneParts): Conclusion {
  if (!(error instanceof StoreFailed)) {
    const fields = { user: lane.key.user, target: lane.key.target.name, error: String(error) };
    parts.logger.error(fields, "An attempt failed unexpectedly; its value is kept and tried again.");
  }
  return givenUp(parts);
}

function givenUp({ clock, policy }: RunLaneParts): Conclusion {
  const now = clock.now();
  return { end: { type: "abandoned", notBefore: now + RETRY_STORE_MS, quietUntil: now + policy.quietPeriodMs } };
}

async function concludedAt(at: number, lane: LeasedLane, conclusion: Conclusion, parts: RunLaneParts): Promise<void> {
  const { hasToken, wake, onFinal } = parts;
  if (conclusion.end.type === "parked") {
    // A token may have come between the look for one and the parking.
    if (await hasToken(lane.key.user)) await wake(lane.key.app, lane.key.user);
    return;
  }
  const ended = endedOf(lane, conclusion, at);
  if (ended !== undefined) onFinal(ended);
}
