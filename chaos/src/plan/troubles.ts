import { type Random, seededRandom } from "../runtime/random.ts";
import { type Ambush, killPoints } from "../wire.ts";

/** What befalls game processes besides faults and kills. Each of it announces itself and is counted. */
export const troubles = {
  clocks: "wall time is hours or days off in some lives, ahead or behind, so that it leaps from one to the next",
  disk: "one file lies on a small disk of its own that is full for a second or two (Linux, as root)",
  copies: "the game copies its own file while it runs, and another process tries to open it",
  threads: "the thread that stores and delivers ends or throws at a named point",
} as const;
export type Trouble = keyof typeof troubles;

export const troubleNames: readonly Trouble[] = Object.keys(troubles) as Trouble[];

/** What one life gets of it. */
export interface LifeTrouble {
  /** How far its wall time is off, from its first instant to its last. */
  readonly wallOffsetMs?: number;
  /** How the thread that delivers dies; the process lives on. */
  readonly threadDeath?: Ambush;
  /** At this age the game copies its file. */
  readonly copyAfterMs?: number;
  /** From this age on its disk is full for so long. */
  readonly fullDisk?: { readonly afterMs: number; readonly forMs: number };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OFFSETS_MS = [3 * HOUR_MS, DAY_MS, 9 * DAY_MS].flatMap((ms) => [ms, -ms]);
const CLOCK_SHARE = 0.25;
const COPY_SHARE = 0.2;
const THREAD_SHARE = 0.2;
const FULL_SHARE = 0.35;

/** A stream of chance of its own: what else is planned does not depend on which trouble there is. */
export class TroublePlanner {
  readonly #random: Random;
  readonly #kinds: ReadonlySet<Trouble>;

  constructor(seed: number, kinds: readonly Trouble[]) {
    this.#random = seededRandom(seed, 78);
    this.#kinds = new Set(kinds);
  }

  next(): LifeTrouble {
    const random = this.#random;
    const befalls = (kind: Trouble, share: number): boolean => random.next() < share && this.#kinds.has(kind);
    return {
      ...(befalls("clocks", CLOCK_SHARE) && { wallOffsetMs: random.pick(OFFSETS_MS) }),
      ...(befalls("copies", COPY_SHARE) && { copyAfterMs: random.whole(100, 1_200) }),
      ...(befalls("threads", THREAD_SHARE) && { threadDeath: this.#death() }),
      ...(befalls("disk", FULL_SHARE) && {
        fullDisk: { afterMs: random.whole(50, 1_000), forMs: random.whole(600, 1_800) },
      }),
    };
  }

  /** Not in the middle of a take-over: a thread that dies as it begins is a start that failed. */
  #death(): Ambush {
    const random = this.#random;
    const point = random.pick(killPoints.filter((name) => name !== "recovery" && name !== "checkpoint"));
    return { point, nth: random.whole(2, 12), does: random.pick(["exit", "throw"]) };
  }
}
