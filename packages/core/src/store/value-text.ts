import type { ScoreEntry } from "../intent/intent.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import type { Reason } from "../intent/outcome.ts";
import type { AttemptRecord, Progress } from "./lane-records.ts";
import type { Journal } from "./lane-store.ts";
import type { StoredFields } from "./stored-fields.ts";

/** How the parts of a lane row look in JSON: as in memory, with integers that may pass 2^53 as decimal text. */

export function storedValue(value: LaneValue): object {
  if (value.type === "score") {
    return { ...value, highest: storedEntry(value.highest), lowest: storedEntry(value.lowest) };
  }
  return { ...value, count: value.count.toString(), bits: value.bits.toString() };
}

export function readValue(fields: StoredFields): LaneValue {
  const type = fields.text("type");
  if (type === "score") {
    return {
      type,
      forced: fields.flag("forced"),
      highest: readEntry(fields.object("highest")),
      lowest: readEntry(fields.object("lowest")),
    };
  }
  if (type !== "achievement") return fields.refuse("type");
  return {
    type,
    unlock: fields.flag("unlock"),
    count: fields.integer("count"),
    bits: fields.integer("bits"),
    bitLength: fields.number("bitLength"),
    keepsCounting: fields.flag("keepsCounting"),
  };
}

function storedEntry({ score, extra }: ScoreEntry): object {
  return { score: score.toString(), extra };
}

function readEntry(fields: StoredFields): ScoreEntry {
  const score = fields.integer("score");
  return fields.has("extra") ? { score, extra: fields.text("extra") } : { score };
}

export function storedProgress(progress: Progress): object {
  return { ...progress, count: progress.count.toString() };
}

export function readProgress(fields: StoredFields): Progress {
  return { count: fields.integer("count"), unlocked: fields.flag("unlocked"), at: fields.number("at") };
}

export function storedJournal(journal: Journal): object {
  return { ...journal, n: journal.n.toString(), count: journal.count.toString() };
}

export function readJournal(fields: StoredFields): Journal {
  return {
    n: fields.integer("n"),
    count: fields.integer("count"),
    wasLocked: fields.flag("wasLocked"),
    epoch: fields.number("epoch"),
    unchangedReads: fields.number("unchangedReads"),
    ...(fields.has("failedReads") && { failedReads: fields.number("failedReads") }),
    ...(fields.has("inDoubtSince") && { inDoubtSince: fields.number("inDoubtSince") }),
  };
}

/** Any text: a newer version of the same schema may know more reasons. */
export function readReason(fields: StoredFields): Reason {
  return fields.text("reason") as Reason;
}

/** An attempt is stored as it is. */
export function readAttempt(fields: StoredFields): AttemptRecord {
  return {
    startedAt: fields.number("startedAt"),
    endedAt: fields.number("endedAt"),
    status: fields.text("status") as AttemptRecord["status"],
    ...(fields.has("reason") && { reason: readReason(fields) }),
    ...(fields.has("detail") && { detail: fields.text("detail") }),
  };
}

export function readHistory(fields: StoredFields): readonly AttemptRecord[] {
  return fields.maybe("history", () => fields.list("history").map(readAttempt)) ?? [];
}
