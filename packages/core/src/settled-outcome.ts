import type { Ended } from "./delivery/ended.ts";
import type { SettledOutcome } from "./questline.ts";

/** What listeners hear of a lane's value that is final. */
export function settledOutcome({ key, record, epoch, unlocked, improved, score, progress }: Ended): SettledOutcome {
  const { how, reason, toSeq, at, factAgeMs } = record;
  return {
    id: unlocked ? `${key.target.name}:${epoch}` : `${key.target.name}#${toSeq}`,
    userId: key.user,
    target: key.target,
    status: how === "dead" || how === "suppressed" ? how : "delivered",
    unlocked,
    ...(score === undefined ? {} : { score }),
    ...(improved === undefined ? {} : { improved }),
    ...(progress === undefined ? {} : { progress }),
    ...(reason === undefined ? {} : { reason }),
    ...(factAgeMs === undefined ? {} : { factAgeMs }),
    at,
  };
}
