export const DAY_MS = 86_400_000;

/** The same day and time that many months later; days that the month lacks become its last. UTC. */
export function addMonths(time: number, months: number, dayOfMonth: number): number {
  const date = new Date(time);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const month = new Date(first);
  const lastDay = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0)).getUTCDate();
  return first + (Math.min(dayOfMonth, lastDay) - 1) * DAY_MS + (time - startOfDay(time));
}

/** 1 to 31, UTC. */
export function dayOfMonth(time: number): number {
  return new Date(time).getUTCDate();
}

/** Such as `2031-03-09T13:04:20+0000`: whole seconds, no colon in the offset. */
export function isoText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+0000`;
}

/** Such as `2031-03-09`, UTC. */
export function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function startOfDay(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}
