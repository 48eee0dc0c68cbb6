import type { LaneStore, StoreVerb } from "../../src/store/lane-store.ts";

/** A store as one process sees it. Its process may die (`die`: no verb works any more), and single verbs may fail. */
export interface MortalStore extends LaneStore {
  die(): void;
  readonly isDead: boolean;
  /** The next calls of `verb` reject; with `after`, once they have been carried out. */
  fail(verb: StoreVerb, times: number, after?: "carried out"): void;
}

export function mortalStore(store: LaneStore): MortalStore {
  const failures = new Map<string, { left: number; isCarriedOut: boolean }>();
  let isDead = false;
  const mortal = (name: string, call: (...args: readonly unknown[]) => Promise<unknown>) => {
    return async (...args: readonly unknown[]): Promise<unknown> => {
      // Nobody is there any more to hear an answer.
      if (isDead) return new Promise(() => undefined);
      const failure = failures.get(name);
      if (failure === undefined || failure.left === 0) return call(...args);
      failure.left -= 1;
      if (failure.isCarriedOut) await call(...args);
      throw new Error("database or disk is full");
    };
  };
  const verbs = Object.entries(store).map(([name, value]) => [
    name,
    typeof value === "function" ? mortal(name, value as never) : value,
  ]);
  return {
    ...(Object.fromEntries(verbs) as LaneStore),
    die: () => void (isDead = true),
    get isDead() {
      return isDead;
    },
    fail: (verb, times, after) => void failures.set(verb, { left: times, isCarriedOut: after !== undefined }),
  };
}
