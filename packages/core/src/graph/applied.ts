import type { Applied } from "../errors/graph-error.ts";

/** The end of an exchange, as far as it tells whether the request took effect. */
export interface Ending {
  readonly kind: "read" | "write";
  /** A byte of the request had been handed to a connected socket. */
  readonly handedOver: boolean;
  /** The HTTP status, where headers arrived. */
  readonly status?: number | undefined;
  /** The error envelope, where a whole one arrived. */
  readonly envelope?: { readonly code?: number | undefined; readonly transient?: boolean | undefined } | undefined;
}

/** Codes with which the platform turns a request away at the door. */
const TURNED_AWAY: ReadonlySet<number> = new Set([4, 17, 32, 341, 613]);
/** Codes that say something broke, before or after the effect. */
const BROKEN: ReadonlySet<number> = new Set([1, 2]);

/**
 * The ambiguity table. `no` only where it is certain: a read, nothing was handed over; the platform turned the request away;
 * or it refused with a client error whose envelope is neither transient nor a breakdown. All else is `maybe`, an
 * unreadable success included.
 */
export function applied({ kind, handedOver, status, envelope }: Ending): Applied {
  if (kind === "read" || !handedOver || status === 429) return "no";
  const code = envelope?.code;
  if (code === undefined) return "maybe";
  if (TURNED_AWAY.has(code)) return "no";
  const clientError = status !== undefined && status >= 400 && status < 500;
  return clientError && envelope?.transient !== true && !BROKEN.has(code) ? "no" : "maybe";
}
