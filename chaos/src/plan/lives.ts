import { type Random, seededRandom } from "../runtime/random.ts";
import { QUIET_MS } from "../settings.ts";
import { type Ambush, type KillPoint, killPoints, type LifePlan } from "../wire.ts";
import { type Theme, themes } from "./fault-mix.ts";
import { type LifeTrouble, TroublePlanner, type Trouble } from "./troubles.ts";

/** How one game process shall live and end. */
export interface Life {
  readonly theme: Theme;
  /** The named point at which it kills itself; absent: by the parent's clock. */
  readonly point?: KillPoint;
  /** When the parent kills it; where there is a point, how long it may take to get there. Absent: it does not. */
  readonly kill?: { readonly afterMs: number; readonly since: "start" | "ready" };
  readonly ambushes: readonly Ambush[];
  readonly clockJumps: LifePlan["clockJumps"];
  /** The parent stops it for a while, at this age. */
  readonly stop?: { readonly afterMs: number; readonly forMs: number };
  readonly trouble: LifeTrouble;
}

/** Of four kills three happen at a named point. */
export const NAMED_SHARE = 0.75;
const LONGEST_WAY_TO_A_POINT_MS = 6_000;
/** How often a point may be passed before it strikes. The rare ones strike at once. */
const LATEST_PASS: Partial<Record<KillPoint, number>> = { checkpoint: 1, recovery: 1 };
/** A leap forward is made good for, so that what waits by wall time is never far away. */
const LEAP_MS = 1_500;

/** Lives in the order in which they begin, whichever outbox takes them. */
export class LifePlanner {
  readonly #random: Random;
  readonly #themes: readonly Theme[];
  readonly #points: KillPoint[] = [];
  readonly #turns = new Map<string, number>();
  readonly #troubles: TroublePlanner;
  readonly #pace: number;
  #lives = 0;

  constructor(seed: number, quietMs: number, kinds: readonly Trouble[] = []) {
    this.#random = seededRandom(seed, 77);
    this.#themes = themes(quietMs);
    this.#troubles = new TroublePlanner(seed, kinds);
    this.#pace = quietMs / QUIET_MS;
  }

  /** It will be killed. */
  doomed(): Life {
    const random = this.#random;
    this.#lives += 1;
    if (this.#lives % 4 === 0) return this.#byClock();
    if (this.#points.length === 0) this.#points.push(...killPoints);
    const point = this.#points.splice(random.whole(0, this.#points.length - 1), 1)[0];
    if (point === undefined) return this.#byClock();
    const ambush: Ambush = { point, nth: random.whole(1, LATEST_PASS[point] ?? 30), does: "kill" };
    const common = this.#common(point);
    return {
      ...common,
      point,
      kill: { afterMs: Math.round(LONGEST_WAY_TO_A_POINT_MS * this.#pace), since: "ready" },
      ambushes: [ambush, ...common.ambushes],
    };
  }

  /** It may live for as long as it is needed. */
  spared(): Life {
    return this.#common("none");
  }

  /** The point was not reached; it is tried again soon. */
  missed(point: KillPoint): void {
    this.#points.push(point);
  }

  /** A third of them so early that it may still be starting or taking over. */
  #byClock(): Life {
    const random = this.#random;
    const early = random.next() < 0.33;
    const kill = early
      ? ({ afterMs: random.whole(250, 1_000), since: "start" } as const)
      : ({ afterMs: random.whole(100, 2_000), since: "ready" } as const);
    return { ...this.#common("wall clock"), kill };
  }

  #common(end: string): Omit<Life, "point" | "kill"> {
    const random = this.#random;
    const turn = this.#turns.get(end) ?? random.whole(0, this.#themes.length - 1);
    this.#turns.set(end, turn + 1);
    const theme = this.#themes[turn % this.#themes.length];
    if (theme === undefined) throw new RangeError("there are no themes");
    const byMs = random.pick([LEAP_MS, -LEAP_MS]);
    const afterMs = random.whole(600, 2_000);
    const jumps = [
      { afterMs, byMs },
      { afterMs: afterMs + random.whole(300, 1_500), byMs: -byMs },
    ];
    const clockJumps = random.next() < 0.4 ? jumps : [];
    const stop = random.next() < 0.3 ? { afterMs: random.whole(500, 2_500), forMs: random.whole(50, 500) } : undefined;
    const trouble = this.#troubles.next();
    const { threadDeath } = trouble;
    return {
      theme,
      clockJumps,
      ambushes: [...(threadDeath === undefined ? [] : [threadDeath]), ...this.#stops()],
      ...(stop === undefined ? {} : { stop }),
      trouble,
    };
  }

  /** On one side of the deadline check or the other: staged and not checked yet, or checked and handed over. */
  #stops(): readonly Ambush[] {
    const random = this.#random;
    const point = random.pick(["stage:after-commit", "request:written"] as const);
    return random.next() < 0.5 ? [{ point, nth: random.whole(2, 15), does: "stop" }] : [];
  }
}
