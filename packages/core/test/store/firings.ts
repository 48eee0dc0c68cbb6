import type { Intent, LaneKey } from "../../src/intent/intent.ts";
import { laneKeyFor } from "../../src/intent/intent.ts";
import { valueOf } from "../../src/intent/lane-value.ts";
import type { OnceKey } from "../../src/intent/once-key.ts";
import type { Firing, Journal, LaneEnd, LeasedLane } from "../../src/store/lane-store.ts";

/** The time every test starts at, wall ms. */
export const T0 = 1_700_000_000_000;
export const QUIET_MS = 15_000;
export const HOUR = 3_600_000;
export const APP = "900100";
export const USER = "7001";

export const count = (n: bigint, target: string = "WINS"): Intent => ({ kind: "addCount", target, n });
export const unlock = (target: string = "WINS"): Intent => ({ kind: "unlock", target });
export const bits = (mask: bigint, length: number = 7, target: string = "MAPS"): Intent => ({
  kind: "addBits",
  target,
  bits: mask,
  length,
});
export const best = (score: bigint, extra?: string): Intent => submit(score, false, extra);
export const forced = (score: bigint, extra?: string): Intent => submit(score, true, extra);

function submit(score: bigint, force: boolean, extra?: string): Intent {
  return { kind: "submitScore", target: "TIMES", force, entry: extra === undefined ? { score } : { score, extra } };
}

interface FiringDetails {
  readonly user?: string;
  readonly app?: string;
  readonly at?: number;
  readonly dueAt?: number;
  readonly once?: OnceKey;
  readonly digest?: string;
}

/** A firing of `intent`, reported at T0 and due at once unless told otherwise. */
export function firing(intent: Intent, details: FiringDetails = {}): Firing {
  const { app = APP, user = USER, at = T0, dueAt = at, ...rest } = details;
  return { key: laneKeyFor(app, user, intent), value: valueOf(intent), at, dueAt, ...rest };
}

export const key = (intent: Intent, user: string = USER): LaneKey => laneKeyFor(APP, user, intent);

export function journalOf(lane: LeasedLane, details: Partial<Journal> = {}): Journal {
  const n = lane.value.type === "achievement" ? lane.value.count : 0n;
  return { n, count: 0n, wasLocked: true, epoch: lane.epoch, unchangedReads: 0, ...details };
}

export const delivered: LaneEnd = { type: "settled", how: "delivered" };
export const suppressed: LaneEnd = { type: "settled", how: "suppressed" };
export const parked: LaneEnd = { type: "parked" };
export const refused: LaneEnd = { type: "dead", reason: "refused-parameter", maybeApplied: false };

export function released(
  notBefore: number = T0,
  failedAttempt: boolean = true,
): Extract<LaneEnd, { readonly type: "released" }> {
  return { type: "released", reason: "platform-unavailable", notBefore, failedAttempt };
}
