import type { Intervals } from "./wire.ts";

/** Buckets of a millisecond. */
const PER_MS = 20;
const LONGEST_MS = 1_000;

/** How far patch intervals are from the patch rate, in buckets: memory that does not grow while it is measured. */
export class IntervalBook {
  readonly #counts = new Uint32Array(LONGEST_MS * PER_MS);

  add(deviationMs: number): void {
    const bucket = Math.min(this.#counts.length - 1, Math.floor(Math.abs(deviationMs) * PER_MS));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  forget(): void {
    this.#counts.fill(0);
  }

  read(): Intervals {
    return { counts: [...this.#counts] };
  }
}

/** The deviation, in ms, that this share of the intervals does not exceed. */
export function percentile(books: readonly Intervals[], share: number): number {
  const buckets = Math.max(0, ...books.map(({ counts }) => counts.length));
  const counts = Array.from({ length: buckets }, (_, bucket) =>
    books.reduce((sum, book) => sum + (book.counts[bucket] ?? 0), 0),
  );
  let missing = share * counts.reduce((sum, count) => sum + count, 0);
  for (const [bucket, count] of counts.entries()) {
    missing -= count;
    if (missing <= 0) return (bucket + 1) / PER_MS;
  }
  return 0;
}
