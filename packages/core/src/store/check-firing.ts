import { shownValue } from "../ids/ids.ts";
import { LARGEST_COUNT } from "../intent/lane-value.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import type { Firing } from "./lane-store.ts";

const SMALLEST_SCORE = -LARGEST_COUNT - 1n;
/** As long as a bitfield may be declared. */
const LARGEST_MASK = 2n ** 1024n - 1n;

/** What makes a firing impossible to keep or to read back, in words; undefined if nothing does. */
export function flawOf(firing: Firing): string | undefined {
  const { app, user, target } = firing.key;
  const expected = target.type === "achievement" ? "achievement" : "score";
  if (firing.value.type !== expected) {
    return `The lane of ${target.type} ${shownValue(target.name)} takes a value of type ${expected}, not ${shownValue(firing.value.type)}.`;
  }
  return (
    flawOfPart("app", app) ??
    flawOfPart("user", user) ??
    flawOfPart("target's name", target.name) ??
    flawOfValue(firing.value) ??
    flawOfTime("at", firing.at) ??
    flawOfTime("dueAt", firing.dueAt)
  );
}

function flawOfPart(what: string, text: string): string | undefined {
  if (text !== "" && !text.includes("\n")) return undefined;
  return `A lane's ${what} must be non-empty text on one line, not ${shownValue(text)}.`;
}

/** What no firing, and so no merged value, can be. */
export function flawOfValue(value: LaneValue): string | undefined {
  if (value.type === "achievement") {
    return (
      flawOfInteger("count", value.count, 0n, LARGEST_COUNT) ?? flawOfInteger("bits", value.bits, 0n, LARGEST_MASK)
    );
  }
  const flawOfScore = (score: bigint): string | undefined =>
    flawOfInteger("score", score, SMALLEST_SCORE, LARGEST_COUNT);
  return flawOfScore(value.highest.score) ?? flawOfScore(value.lowest.score);
}

function flawOfInteger(what: string, value: bigint, least: bigint, most: bigint): string | undefined {
  if (value >= least && value <= most) return undefined;
  return `A firing's ${what} must be an integer from ${least} to ${most}, not ${value}.`;
}

function flawOfTime(what: string, ms: number): string | undefined {
  if (Number.isSafeInteger(ms)) return undefined;
  return `A firing's ${what} must be wall time in whole ms, not ${shownValue(ms)}.`;
}
