/** How much of the app's allowance is used, percent; the platform throttles at 100. Not confirmed for this host. */
export interface AppUsage {
  readonly callCount: number;
  readonly totalTime: number;
  readonly totalCpuTime: number;
}

/** Reads the `X-App-Usage` header; undefined if it is missing or not what it should be. */
export function readAppUsage(header: string | undefined): AppUsage | undefined {
  if (header === undefined || header.length > 1000) return undefined;
  try {
    const usage: unknown = JSON.parse(header);
    if (typeof usage !== "object" || usage === null) return undefined;
    const percent = (name: string): number => {
      const value = (usage as Record<string, unknown>)[name];
      return typeof value === "number" && value >= 0 ? value : 0;
    };
    return {
      callCount: percent("call_count"),
      totalTime: percent("total_time"),
      totalCpuTime: percent("total_cputime"),
    };
  } catch {
    return undefined;
  }
}
