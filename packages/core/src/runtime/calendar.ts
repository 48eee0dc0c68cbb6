/** The instant `ms` after the epoch. */
export const dateAt = (ms: number): Date => new Date(ms);

/** Wall ms of an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`; undefined if it is none. */
export function readHttpDate(text: string): number | undefined {
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?:Z|([+-]\d{2}):?(\d{2}))$/;

/** The instant of ISO 8601 text, its offset with or without a colon; undefined if it is none. Not left to `Date.parse`, which differs. */
export function readIsoTime(text: string): Date | undefined {
  const [, local, hours, minutes] = ISO.exec(text) ?? [];
  if (local === undefined) return undefined;
  const at = new Date(`${local}${hours === undefined ? "Z" : `${hours}:${minutes}`}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
