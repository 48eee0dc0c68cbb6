/** The platform's error object, as far as it could be read; every member may be missing. */
export interface Envelope {
  readonly message?: string | undefined;
  readonly type?: string | undefined;
  readonly code?: number | undefined;
  readonly subcode?: number | undefined;
  readonly traceId?: string | undefined;
  readonly transient?: boolean | undefined;
}

/** Reads `{ error: { … } }` from a parsed answer; undefined when there is none. Members of a wrong type are left out. */
export function readEnvelope(answer: unknown): Envelope | undefined {
  const error = memberOf(answer, "error");
  if (typeof error === "string") return { message: error };
  if (typeof error !== "object" || error === null) return undefined;
  return {
    message: textOf(memberOf(error, "message")),
    type: textOf(memberOf(error, "type")),
    code: numberOf(memberOf(error, "code")),
    subcode: numberOf(memberOf(error, "error_subcode")),
    traceId: textOf(memberOf(error, "fbtrace_id")),
    transient: flagOf(memberOf(error, "is_transient")),
  };
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const flagOf = (value: unknown): boolean | undefined =>
  value === true || value === "true" ? true : value === false || value === "false" ? false : undefined;

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}
