/**
 * The payload as it is now, for a report that is made later: games reuse the object they report. Plain data is copied;
 * anything else, such as an instance of a schema, stays the game's own.
 */
export function keepPayload(payload: unknown): unknown {
  if (typeof payload !== "object" || payload === null) return payload;
  const prototype: unknown = Object.getPrototypeOf(payload);
  if (prototype !== Object.prototype && prototype !== null && !Array.isArray(payload)) return payload;
  try {
    return structuredClone(payload);
  } catch {
    return payload;
  }
}
