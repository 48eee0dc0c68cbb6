/** Answers a window holds at least. */
const FEWEST = 16;
/** Slowed: the median is more than twice what is usual, and by more than a busy process makes of it by itself. */
const TIMES_USUAL = 2;
const MARGIN_MS = 100;
/** How fast what is usual follows a platform that has become slower for good: this part of the way, each window. */
const FOLLOWS = 0.1;

/**
 * Notices that a platform has become slow. Answers are judged in windows, as many as can be under way together, each by
 * its median, so that neither an outlier nor one burst of them counts. The usual is the least median there was, which
 * slowly follows upwards.
 */
export interface LatencyWatch {
  /**
   * Takes how long an answer took, ms. `slowed`: a window has ended, and took too long. `slow`: this answer did, by
   * itself. `steady` otherwise.
   */
  hear(tookMs: number, underWay: number): "steady" | "slow" | "slowed";
}

export function createLatencyWatch(): LatencyWatch {
  let usual: number | undefined;
  let window: number[] = [];
  const isSlow = (ms: number): boolean => usual !== undefined && ms > Math.max(usual * TIMES_USUAL, usual + MARGIN_MS);

  return {
    hear(tookMs, underWay) {
      window.push(tookMs);
      if (window.length < Math.max(FEWEST, underWay)) return isSlow(tookMs) ? "slow" : "steady";
      const median = medianOf(window);
      window = [];
      const slowed = isSlow(median);
      usual = usual === undefined || median < usual ? median : usual + (median - usual) * FOLLOWS;
      return slowed ? "slowed" : "steady";
    },
  };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}
