import { laneKeyOf } from "../intent/intent.ts";
import { isForced } from "./lane-row.ts";
import type { Announced, InFlight, InTheAir, LanePhase, LaneRow, Waiting } from "./lane-row.ts";
import type { DeadLetter } from "./lane-records.ts";
import { StoredFields } from "./stored-fields.ts";
import {
  readHistory,
  readJournal,
  readProgress,
  readReason,
  readValue,
  storedJournal,
  storedProgress,
  storedValue,
} from "./value-text.ts";

/**
 * A lane row as JSON text, without its id and key, which the table holds. What most rows do not have is left out: rows are
 * written often, and those of the first schema version had none of it.
 */
export function laneRowText(row: LaneRow): string {
  return JSON.stringify({
    seq: row.seq,
    settledThrough: row.settledThrough,
    lastSettledSeq: row.lastSettledSeq,
    forcedSeq: row.forcedSeq || undefined,
    attempts: row.attempts,
    notBefore: row.notBefore,
    inTheAir: row.inTheAir,
    heldUntil: row.heldUntil || undefined,
    sentWhileLocked: row.sentWhileLocked,
    epoch: row.epoch,
    reason: row.reason,
    settledAt: row.settledAt,
    progress: row.progress && storedProgress(row.progress),
    pending: row.pending && storedWaiting(row.pending),
    phase: storedPhase(row.phase),
    forgetsAtEnd: row.forgetsAtEnd || undefined,
    history: row.history.length > 0 ? row.history : undefined,
    lostLeases: row.lostLeases || undefined,
    announced: row.announced.length > 0 ? row.announced : undefined,
    anew: row.anew || undefined,
  });
}

/** Reads what `laneRowText` wrote; throws `UnreadableRow` naming the lane. */
export function readLaneRow(id: string, text: unknown): LaneRow {
  const fields = StoredFields.parse(text, `lane ${JSON.stringify(id)}`);
  return {
    id,
    key: laneKeyOf(id),
    seq: fields.number("seq"),
    settledThrough: fields.number("settledThrough"),
    lastSettledSeq: fields.number("lastSettledSeq"),
    forcedSeq: fields.maybe("forcedSeq", () => fields.number("forcedSeq")) ?? 0,
    attempts: fields.number("attempts"),
    notBefore: fields.number("notBefore"),
    inTheAir: fields.maybe("inTheAir", () => readInTheAir(fields.object("inTheAir"))),
    heldUntil: fields.maybe("heldUntil", () => fields.number("heldUntil")) ?? 0,
    sentWhileLocked: fields.flag("sentWhileLocked"),
    epoch: fields.number("epoch"),
    reason: fields.maybe("reason", readReason),
    settledAt: fields.maybe("settledAt", () => fields.number("settledAt")),
    progress: fields.maybe("progress", () => readProgress(fields.object("progress"))),
    pending: fields.maybe("pending", () => readWaiting(fields.object("pending"), fields.number("seq"))),
    phase: readPhase(fields.object("phase")),
    forgetsAtEnd: fields.maybe("forgetsAtEnd", () => fields.flag("forgetsAtEnd")) ?? false,
    history: readHistory(fields),
    lostLeases: fields.maybe("lostLeases", () => fields.number("lostLeases")) ?? 0,
    announced: fields.maybe("announced", () => fields.list("announced").map(readAnnounced)) ?? [],
    ...(fields.has("anew") && { anew: fields.flag("anew") }),
  };
}

function readInTheAir(fields: StoredFields): InTheAir {
  return { until: fields.number("until"), exclusive: fields.flag("exclusive") };
}

function readAnnounced(fields: StoredFields): Announced {
  return { epoch: fields.number("epoch"), at: fields.number("at"), acknowledged: fields.flag("acknowledged") };
}

function storedWaiting(waiting: Waiting): object {
  const { value, forcedOrder, ...rest } = waiting;
  const isLeftOut = forcedOrder === 0 && !isForced(value);
  return { ...rest, forcedOrder: isLeftOut ? undefined : forcedOrder, value: storedValue(value) };
}

/** `seq`: the place of a value from a file that does not keep its order. */
function readWaiting(fields: StoredFields, seq: number): Waiting {
  const value = readValue(fields.object("value"));
  const order = fields.maybe("order", () => fields.number("order")) ?? seq;
  return {
    value,
    oldestAt: fields.number("oldestAt"),
    dueAt: fields.number("dueAt"),
    order,
    forcedOrder: fields.maybe("forcedOrder", () => fields.number("forcedOrder")) ?? (isForced(value) ? order : 0),
  };
}

function readInFlight(fields: StoredFields): InFlight {
  const inFlight = fields.object("inFlight");
  const toSeq = inFlight.number("toSeq");
  return { ...readWaiting(inFlight, toSeq), toSeq };
}

function storedPhase(phase: LanePhase): object {
  if (phase.state === "open" || phase.state === "parked") return phase;
  const inFlight = storedWaiting(phase.inFlight);
  return "journal" in phase ? { ...phase, inFlight, journal: storedJournal(phase.journal) } : { ...phase, inFlight };
}

function readPhase(fields: StoredFields): LanePhase {
  const state = fields.text("state");
  switch (state) {
    case "open":
    case "parked":
      return { state };
    case "leased":
      return { state, inFlight: readInFlight(fields), leaseToken: fields.text("leaseToken") };
    case "staged": {
      const journal = readJournal(fields.object("journal"));
      return { state, inFlight: readInFlight(fields), leaseToken: fields.text("leaseToken"), journal };
    }
    case "in-doubt":
      return {
        state,
        inFlight: readInFlight(fields),
        journal: readJournal(fields.object("journal")),
        dueAt: fields.number("dueAt"),
        leaseToken: fields.maybe("leaseToken", () => fields.text("leaseToken")),
      };
    default:
      return fields.refuse("state");
  }
}

/** A dead letter as JSON text, without its id and key. */
export function deadLetterText(letter: Omit<DeadLetter, "id">): string {
  const { key: _key, value, ...rest } = letter;
  return JSON.stringify({ ...rest, value: storedValue(value) });
}

/** Reads what `deadLetterText` wrote; throws `UnreadableRow` naming the letter. */
export function readDeadLetter(id: number, lane: string, text: unknown): DeadLetter {
  const fields = StoredFields.parse(text, `dead letter ${id} of lane ${JSON.stringify(lane)}`);
  return {
    id,
    key: laneKeyOf(lane),
    value: readValue(fields.object("value")),
    fromSeq: fields.number("fromSeq"),
    toSeq: fields.number("toSeq"),
    reason: readReason(fields),
    maybeApplied: fields.flag("maybeApplied"),
    ...(fields.has("order") && { order: fields.number("order") }),
    ...(fields.has("forcedOrder") && { forcedOrder: fields.number("forcedOrder") }),
    attempts: fields.number("attempts"),
    history: readHistory(fields),
    at: fields.number("at"),
    ...(fields.has("detail") && { detail: fields.text("detail") }),
  };
}
