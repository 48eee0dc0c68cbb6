import { bitText } from "../intent/bit-text.ts";
import type { LaneKey } from "../intent/intent.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import type { Progress, SendRecord } from "../store/lane-records.ts";
import type { LeasedLane } from "../store/lane-store.ts";
import type { Conclusion } from "./conclude.ts";

/** A lane's value that is final. */
export interface Ended {
  readonly key: LaneKey;
  readonly record: SendRecord;
  readonly epoch: number;
  /** We unlocked it: announced in the transaction that settled it. */
  readonly unlocked: boolean;
  readonly improved?: boolean | "unknown";
  readonly score?: bigint;
  /** Of a dead one: why, in words. */
  readonly detail?: string;
  /** What a counter came to, or the bits that were sent. */
  readonly progress?: { readonly count: bigint } | { readonly bits: string };
}

/** What a conclusion that is final leaves to be told; undefined where the value goes on. */
export function endedOf(lane: LeasedLane, conclusion: Conclusion, at: number): Ended | undefined {
  const { end, improved, score, epoch = lane.epoch } = conclusion;
  if (end.type !== "settled" && end.type !== "dead") return undefined;
  const suppressed = end.type === "settled" && end.how === "suppressed";
  const record: SendRecord = {
    fromSeq: lane.fromSeq,
    toSeq: lane.toSeq,
    how: end.type === "dead" ? "dead" : end.how,
    ...(end.type === "dead" ? { reason: end.reason } : {}),
    attempts: lane.attempts + (suppressed ? 0 : 1),
    at,
    ...(suppressed && end.progress ? { factAgeMs: at - end.progress.at } : {}),
  };
  return {
    key: lane.key,
    record,
    epoch,
    unlocked: end.announce === true,
    ...(suppressed || end.type === "dead" ? {} : progressOf(lane.value, end.progress)),
    ...(end.type === "dead" && end.detail !== undefined ? { detail: end.detail } : {}),
    ...(improved === undefined ? {} : { improved }),
    ...(score === undefined ? {} : { score }),
  };
}

function progressOf(value: LaneValue, known: Progress | undefined): Pick<Ended, "progress"> {
  if (value.type !== "achievement") return {};
  if (value.bits !== 0n) return { progress: { bits: bitText(value.bits, value.bitLength) } };
  return value.count === 0n || known === undefined ? {} : { progress: { count: known.count } };
}
