import type { OnceEntry } from "./lane-tables.ts";
import { UnreadableRow } from "./stored-fields.ts";

/** How once keys look in a file: lists, since there are more of them than of anything else. */

type Fields = readonly [digest: string, target: string, seq: number, at: number, order: number];

const fieldsOf = ({ digest, target, seq, at, order }: OnceEntry): Fields => [digest, target, seq, at, order];

export function entryText(entry: OnceEntry): string {
  return JSON.stringify(fieldsOf(entry));
}

/** Throws `UnreadableRow` naming `where`. */
export function readEntry(text: unknown, where: string): OnceEntry {
  return entryOf(parsed(text, where), where);
}

export function firingsText(firings: ReadonlyMap<string, OnceEntry>): string {
  return JSON.stringify(Array.from(firings, ([firing, entry]) => [firing, ...fieldsOf(entry)]));
}

/** Throws `UnreadableRow` naming `where`. */
export function readFirings(text: unknown, where: string): ReadonlyMap<string, OnceEntry> {
  const firings = new Map<string, OnceEntry>();
  for (const one of parsed(text, where)) {
    const [firing, ...fields] = Array.isArray(one) ? (one as unknown[]) : [];
    if (typeof firing !== "string") throw new UnreadableRow(where, "is not a list of firings");
    firings.set(firing, entryOf(fields, where));
  }
  return firings;
}

function parsed(text: unknown, where: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(String(text));
    if (Array.isArray(list)) return list;
  } catch {
    // Said below.
  }
  throw new UnreadableRow(where, "is not a list");
}

function entryOf([digest, target, seq, at, order]: readonly unknown[], where: string): OnceEntry {
  if (typeof digest !== "string" || typeof target !== "string") throw new UnreadableRow(where, "lacks its text");
  if (typeof seq !== "number" || typeof at !== "number" || typeof order !== "number") {
    throw new UnreadableRow(where, "lacks its numbers");
  }
  return { digest, target, seq, at, order };
}
