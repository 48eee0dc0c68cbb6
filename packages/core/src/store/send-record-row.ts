import type { SendRecord } from "./lane-records.ts";
import { StoredFields } from "./stored-fields.ts";
import { readAttempt } from "./value-text.ts";

const HOWS: readonly string[] = [
  "delivered",
  "verdict",
  "suppressed",
  "dead",
  "discarded",
  "requeued",
  "forgotten",
  "unknown",
] satisfies SendRecord["how"][];

/** Reads a row whose numbers come as BigInt; throws `UnreadableRow` naming the lane. */
export function readSendRecord(stored: Readonly<Record<string, unknown>>, lane: string): SendRecord {
  const where = `send record of lane ${JSON.stringify(lane)}`;
  const fields = new StoredFields(withNumbers(stored), where);
  const [fromSeq, toSeq, how] = [fields.whole("from_seq"), fields.whole("to_seq"), fields.text("how")];
  if (fromSeq > toSeq) fields.refuse("from_seq");
  if (!HOWS.includes(how)) fields.refuse("how");
  return {
    fromSeq,
    toSeq,
    how: how as SendRecord["how"],
    attempts: fields.whole("attempts"),
    at: fields.number("at"),
    ...(stored["last"] !== null && { last: readAttempt(StoredFields.parse(stored["last"], where)) }),
    ...(stored["more"] !== null && readMore(StoredFields.parse(stored["more"], where))),
    ...(stored["reason"] !== null && { reason: fields.text("reason") as NonNullable<SendRecord["reason"]> }),
  };
}

function readMore(fields: StoredFields): Pick<SendRecord, "requeuedAs" | "factAgeMs"> {
  return {
    ...(fields.has("requeuedAs") && { requeuedAs: fields.whole("requeuedAs") }),
    ...(fields.has("factAgeMs") && { factAgeMs: fields.number("factAgeMs") }),
  };
}

/** What takes the place of a row that cannot be read, at `at`: that its last seq ended. Undefined if not even that is known. */
export function savedSendRecord(stored: Readonly<Record<string, unknown>>, at: number): SendRecord | undefined {
  const { from_seq: from, to_seq: toSeq } = withNumbers(stored);
  if (!isSeq(toSeq)) return undefined;
  const fromSeq = isSeq(from) && from <= toSeq ? from : toSeq;
  return { fromSeq, toSeq, how: "unknown", reason: "unreadable", attempts: 0, at };
}

const isSeq = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function withNumbers(stored: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]),
  );
}
