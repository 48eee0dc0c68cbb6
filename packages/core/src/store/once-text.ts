import type { OnceEntry } from "./lane-tables.ts";
import { isFiringName } from "./once-names.ts";
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

/** Stands in a list of firings for those that could not be read. No firing has this name. */
export const UNREAD = "";

/** The entry of a key that is known to be there, and nothing else of it. */
export const bareEntry: OnceEntry = { digest: "", target: "", seq: 0, at: 0, order: 0 };

/** What can be told of a list that `readFirings` refuses: names that still read well, and whether there may be others. */
export function savedFirings(text: unknown): ReadonlyMap<string, OnceEntry> {
  const firings = new Map<string, OnceEntry>();
  for (const one of listIn(text) ?? [undefined]) {
    const name: unknown = Array.isArray(one) ? one[0] : undefined;
    firings.set(typeof name === "string" && isFiringName(name) ? name : UNREAD, bareEntry);
  }
  return firings;
}

export function firingsText(firings: ReadonlyMap<string, OnceEntry>): string {
  return JSON.stringify(Array.from(firings, ([firing, entry]) => [firing, ...fieldsOf(entry)]));
}

/** Throws `UnreadableRow` naming `where`. */
export function readFirings(text: unknown, where: string): ReadonlyMap<string, OnceEntry> {
  const firings = new Map<string, OnceEntry>();
  for (const one of parsed(text, where)) {
    const [firing, ...fields] = Array.isArray(one) ? (one as unknown[]) : [];
    if (typeof firing !== "string" || !(firing === UNREAD || isFiringName(firing)))
      throw new UnreadableRow(where, "is not a list of firings");
    firings.set(firing, entryOf(fields, where));
  }
  return firings;
}

function parsed(text: unknown, where: string): readonly unknown[] {
  const list = listIn(text);
  if (list === undefined) throw new UnreadableRow(where, "is not a list");
  return list;
}

function listIn(text: unknown): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(String(text));
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

function entryOf([digest, target, seq, at, order]: readonly unknown[], where: string): OnceEntry {
  if (typeof digest !== "string" || typeof target !== "string") throw new UnreadableRow(where, "lacks its text");
  if (!isWhole(seq) || !isWhole(at) || !isWhole(order)) {
    throw new UnreadableRow(where, "lacks its numbers");
  }
  return { digest, target, seq, at, order };
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
