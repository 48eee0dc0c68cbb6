import { isLaneId } from "../intent/intent.ts";
import type { LaneTarget } from "../intent/intent.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import { flawOfValue } from "./check-firing.ts";
import { readDeadLetter, readLaneRow } from "./lane-row-text.ts";
import type { DeadLetter } from "./lane-records.ts";
import { inFlightOf } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import { UnreadableRow } from "./stored-fields.ts";

const LONGEST_BITS = 1024;

/**
 * A stored row that reads well and that a lane can have: what is taken in here, every later step may rely on. Throws
 * `UnreadableRow`.
 */
export function soundRow(id: unknown, text: unknown): LaneRow {
  const where = `lane ${JSON.stringify(id)}`;
  const row = readLaneRow(checkedId(id, where), text);
  const { seq, settledThrough, lastSettledSeq, pending, phase, attempts, epoch, lostLeases, key } = row;
  const inFlight = inFlightOf(row);
  const taken = inFlight?.toSeq ?? settledThrough;
  const whole = [seq, settledThrough, lastSettledSeq, attempts, epoch, lostLeases, taken];
  const isCounted = whole.every((number) => Number.isSafeInteger(number) && number >= 0);
  const isOrdered = lastSettledSeq <= settledThrough && settledThrough <= taken && taken <= seq;
  if (!isCounted || !isOrdered) throw new UnreadableRow(where, "has numbers no lane can have");
  if (phase.state === "parked" && pending === undefined)
    throw new UnreadableRow(where, "waits for a token with nothing");
  for (const waiting of [pending, inFlight]) if (waiting) checkValue(waiting.value, key.target, where);
  const journal = "journal" in phase ? phase.journal : undefined;
  const counts = [row.progress?.count, journal?.n, journal?.count];
  if (counts.some((count) => count !== undefined && count < 0n)) throw new UnreadableRow(where, "counts below zero");
  return row;
}

/** As `soundRow`, of a dead letter. */
export function soundLetter(id: number, lane: unknown, text: unknown): DeadLetter {
  const where = `dead letter ${id}`;
  const letter = readDeadLetter(id, checkedId(lane, where), text);
  const { fromSeq, toSeq, attempts, value, key } = letter;
  if (![fromSeq, toSeq, attempts].every(Number.isSafeInteger))
    throw new UnreadableRow(where, "has numbers that are none");
  checkValue(value, key.target, where);
  return letter;
}

function checkedId(id: unknown, where: string): string {
  if (isLaneId(id)) return id;
  throw new UnreadableRow(where, "has an id no lane can have");
}

function checkValue(value: LaneValue, target: LaneTarget, where: string): void {
  const expected = target.type === "achievement" ? "achievement" : "score";
  if (value.type !== expected) throw new UnreadableRow(where, `holds a value of type ${value.type}`);
  const flaw = flawOfValue(value);
  if (flaw !== undefined) throw new UnreadableRow(where, flaw);
  if (value.type === "score") return;
  const { bits, bitLength } = value;
  const fits =
    Number.isSafeInteger(bitLength) && bitLength >= 0 && bitLength <= LONGEST_BITS && bits >> BigInt(bitLength) === 0n;
  if (!fits) throw new UnreadableRow(where, "holds bits no achievement can have");
}
