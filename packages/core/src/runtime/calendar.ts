/** The instant `ms` after the epoch. */
export const dateAt = (ms: number): Date => new Date(ms);

/** Wall ms of an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`; undefined if it is none. */
export function readHttpDate(text: string): number | undefined {
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
