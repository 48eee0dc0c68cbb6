/** Concurrent callers for one key share one call, and its failure. Nothing is kept once it has ended. */
export interface SingleFlight<T> {
  run(key: string, call: () => Promise<T>): Promise<T>;
  /** Calls under way. */
  readonly size: number;
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Promise<T>>();
  const call = async (key: string, make: () => Promise<T>): Promise<T> => {
    try {
      return await make();
    } finally {
      underWay.delete(key);
    }
  };
  return {
    run(key, make) {
      const joined = underWay.get(key);
      if (joined !== undefined) return joined;
      // A `make` that throws at once still ends after `set`: `call` reaches its `finally` no sooner than in a microtask.
      const started = Promise.resolve().then(() => call(key, make));
      underWay.set(key, started);
      return started;
    },
    get size() {
      return underWay.size;
    },
  };
}
