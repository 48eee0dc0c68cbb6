import { reveal, type Secret } from "@questline/core";

/** A call's result in the words of the vectors. Lists are walked. */
export async function plainResult(result: unknown): Promise<unknown> {
  const settled = await result;
  if (typeof settled === "object" && settled !== null && Symbol.asyncIterator in settled) {
    const rows: unknown[] = [];
    for await (const row of settled as AsyncIterable<unknown>) rows.push(plain(row));
    return rows;
  }
  return plain(settled ?? null);
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return { $long: String(value) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $base64: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("fingerprint" in value) return { $secret: reveal(value as Secret) };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** Arguments as the call takes them. */
export function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== "object" || value === null) return value;
  if ("$date" in value) return new Date(value.$date as string);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revived(member)]));
}
