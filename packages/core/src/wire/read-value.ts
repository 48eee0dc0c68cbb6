import type * as z from "zod";

/** More than any value has members. */
const MOST_UNREAD = 64;

/**
 * An object as `schema`, a `rowOf`, reads it. A member that may be missing and cannot be read is missing, and stands under `raw` as it came: an order
 * is an order still if its time is written in a new way. Undefined where what must be there is not.
 */
export function readValue<T extends object>(schema: z.ZodType<T>, value: unknown): T | undefined {
  let rest = value;
  const unread: (readonly PropertyKey[])[] = [];
  for (;;) {
    const read = schema.safeParse(rest);
    if (read.success) return withRaw(read.data, value, unread);
    const path = read.error.issues[0]?.path ?? [];
    const without = removed(rest, path);
    if (without === undefined || unread.length >= MOST_UNREAD) return undefined;
    unread.push(path);
    rest = without;
  }
}

/** A copy without the member at `path`; undefined where there is none, so that it was missing already. */
function removed(value: unknown, [name, ...deeper]: readonly PropertyKey[]): object | undefined {
  if (name === undefined || typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { [name as string]: member, ...others } = value as Record<string, unknown>;
  if (member === undefined) return undefined;
  if (deeper.length === 0) return others;
  const inner = removed(member, deeper);
  return inner === undefined ? undefined : { ...others, [name]: inner };
}

function withRaw<T extends object>(event: T, value: unknown, unread: readonly (readonly PropertyKey[])[]): T {
  if (unread.length === 0) return event;
  const raw: Record<string, unknown> = { ...("raw" in event ? (event.raw as object) : undefined) };
  for (const path of unread) {
    let from = value as Record<PropertyKey, unknown>;
    let to: Record<PropertyKey, unknown> = raw;
    for (const [at, name] of path.entries()) {
      const isLast = at === path.length - 1;
      const next = isLast ? from[name] : { ...(to[name] as object | undefined) };
      to[name] = next;
      if (isLast) break;
      from = from[name] as Record<PropertyKey, unknown>;
      to = next as Record<PropertyKey, unknown>;
    }
  }
  return { ...event, raw };
}
