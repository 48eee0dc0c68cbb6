/**
 * Once keys and send records live in two generations: a young one that takes every write and an old one that is only
 * read. A purge empties a generation as a whole, never row by row, so it costs the same however many rows go. A row
 * therefore lives at least as long as the retention, and less than about twice as long.
 */
export interface Generations {
  /** Which of the two is young. */
  readonly young: 0 | 1;
  /** For each, a time its youngest row is not younger than, wall ms; 0: empty. */
  readonly newest: readonly [number, number];
  /** Of what was last touched at this time or earlier, wall ms, no row is left. */
  readonly forgotten?: number;
}

export const noGenerations: Generations = { young: 0, newest: [0, 0] };

/** Rounded up, so that a store rarely has to write it down. */
const GRAIN_MS = 60_000;

/** After a row of time `at` went into the young generation; the same object while nothing changed. */
export function withRow(generations: Generations, at: number): Generations {
  const { young, newest } = generations;
  if (newest[young] >= at && newest[young] !== 0) return generations;
  const until = Math.ceil((at + 1) / GRAIN_MS) * GRAIN_MS;
  return { ...generations, newest: young === 0 ? [until, newest[1]] : [newest[0], until] };
}

/** Which generations a purge empties, and what stands afterwards: the young one ages as soon as the old one is empty. */
export function purged(
  generations: Generations,
  before: number,
): { readonly emptied: readonly (0 | 1)[]; readonly generations: Generations } {
  const isOver = (which: 0 | 1): boolean => generations.newest[which] <= before;
  const { young } = generations;
  const old = young === 0 ? 1 : 0;
  if (!isOver(old)) return { emptied: [], generations };
  if (isOver(young))
    return {
      emptied: [0, 1],
      generations: { ...noGenerations, forgotten: Math.max(before, generations.forgotten ?? 0) },
    };
  const kept = generations.newest[young];
  const forgotten = Math.max(generations.forgotten ?? 0, generations.newest[old]);
  return { emptied: [old], generations: { young: old, newest: young === 0 ? [kept, 0] : [0, kept], forgotten } };
}
