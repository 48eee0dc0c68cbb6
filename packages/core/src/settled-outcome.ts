import type { Ended } from "./delivery/outbox.ts";
import type { SettledOutcome } from "./questline.ts";

/** What listeners hear of a lane's value that is final. */
export function settledOutcome({ lane, conclusion, at }: Ended): SettledOutcome {
  const { end, unlocked = false, improved, score } = conclusion;
  const dead = end.type === "dead" ? { reason: end.reason } : {};
  const suppressed = end.type === "settled" && end.how === "suppressed";
  return {
    id: `${lane.key.user}:${lane.key.target.name}:${lane.toSeq}`,
    userId: lane.key.user,
    target: lane.key.target,
    status: end.type === "dead" ? "dead" : suppressed ? "suppressed" : "delivered",
    unlocked,
    ...(score === undefined ? {} : { score }),
    ...(improved === undefined ? {} : { improved }),
    ...dead,
    at,
  };
}
