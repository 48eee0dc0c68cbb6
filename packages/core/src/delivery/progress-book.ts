import { LRUCache } from "lru-cache";
import type { AchievementValue } from "../intent/lane-value.ts";
import type { Reason } from "../intent/outcome.ts";
import { fullJitter } from "../resilience/backoff.ts";
import type { Governor } from "../resilience/governor.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import type { Progress } from "../store/lane-records.ts";
import type { LeasedLane } from "../store/lane-store.ts";
import type { Counters } from "./counters.ts";
import { nextTurn, underPermit } from "./platform-gate.ts";
import type { Definitions, Platform, ProgressReading, ProgressRow, RowReading, Unread } from "./platform.ts";
import type { DeliveryPolicy } from "./policy.ts";

/** What a lane stands on before it is sent. */
export type Prepared =
  /** `reset`: progress that we knew is gone, as a read has shown or the emulator has said, so a new epoch begins. */
  | { readonly status: "ready"; readonly progress: Progress; readonly reset: "seen" | "told" | false }
  | { readonly status: "archived" }
  /** No usable reading yet. `failed` tells a failed read from one that must not be made before `notBefore`. */
  | { readonly status: "wait"; readonly reason: Reason; readonly notBefore?: number; readonly failed?: Unread };

interface Snapshot {
  readonly sentAt: number;
  readonly rows: ReadonlyMap<string, ProgressRow> | undefined;
}

/** A user whose last reads failed. */
interface Setback {
  readonly reason: Reason;
  readonly detail: string | undefined;
  readonly failures: number;
  /** Not read again before, wall ms. */
  readonly until: number;
}

const MOST_USERS = 10_000;
/** One that is forgotten costs a read. */
const MOST_LANES = 20_000;
/**
 * Knows, per user, what the platform last said, and decides what a lane may stand on.
 *
 * A lane's own stored progress comes first: a settled send moved it forward. Otherwise one read of all the user's
 * achievements serves every lane of that user, under one rule: a read may become a lane's baseline only if nothing of
 * that lane was in flight since it was sent, and the lane's last send had settled a quiet period before. That an
 * achievement is unlocked may be believed of any read, for as long as facts last. What a read that may become a baseline
 * shows to be less than what is known was reset; where one that may not shows it, nothing is taken for known until one may.
 */
export class ProgressBook {
  readonly #platform: Platform;
  readonly #governor: Governor<Reason>;
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #policy: DeliveryPolicy;
  readonly #counters: Counters;
  readonly #signal: AbortSignal;
  /** Lanes whose progress is of this process; another's may be of any age, since nobody knows how long none ran. */
  readonly #ours = new LRUCache<string, true>({ max: MOST_LANES });
  /** What is known from before is of an earlier world of the emulator, wall ms. */
  #worldSince = Number.NEGATIVE_INFINITY;
  readonly #snapshots = new LRUCache<string, Snapshot>({ max: MOST_USERS });
  readonly #reading = new Map<string, Promise<ProgressReading>>();
  /** When a user last joined, wall ms. */
  readonly #joined = new LRUCache<string, number>({ max: MOST_USERS });
  /** Until when (wall ms) nothing that was read of a user is believed. */
  readonly #forgotten = new LRUCache<string, { readonly at: number; readonly until: number }>({ max: MOST_USERS });
  /** A user has many lanes: each of them waits for what one read was told. */
  readonly #setbacks = new LRUCache<string, Setback>({ max: MOST_USERS });

  constructor(parts: {
    platform: Platform;
    governor: Governor<Reason>;
    random: Random;
    clock: Clock;
    policy: DeliveryPolicy;
    counters: Counters;
    signal: AbortSignal;
  }) {
    this.#platform = parts.platform;
    this.#governor = parts.governor;
    this.#random = parts.random;
    this.#clock = parts.clock;
    this.#policy = parts.policy;
    this.#counters = parts.counters;
    this.#signal = parts.signal;
  }

  async prepare(lane: LeasedLane, value: AchievementValue, definitions: Definitions): Promise<Prepared> {
    const prepared = await this.#prepare(lane, value, definitions);
    if (prepared.status === "ready") this.#ours.set(lane.id, true);
    return prepared;
  }

  async #prepare(lane: LeasedLane, value: AchievementValue, definitions: Definitions): Promise<Prepared> {
    const { user, target } = lane.key;
    if (definitions.achievement(target.name)?.archived === true) return { status: "archived" };
    // A player who has just joined is being read: that may show that what is known is gone.
    if (lane.progress?.unlocked === true) await this.#reading.get(user);
    const now = this.#clock.now();
    const { known, knownAt } = this.#knownOf(lane);
    const settled = lane.settledAt === undefined ? 0 : lane.settledAt + this.#policy.quietPeriodMs;
    const baselineSince = Math.max(settled, lane.inTheAirUntil ?? 0, this.#forgotten.get(user)?.until ?? 0);
    const freshSince = Math.max(now - this.#policy.factMs, this.#joined.get(user) ?? 0);

    const snapshot = this.#snapshots.get(user);
    const newer = snapshot !== undefined && snapshot.sentAt >= Math.max(freshSince, knownAt + 1) ? snapshot : undefined;
    const row = newer?.rows?.get(target.name);
    const nowUnlocked = newer !== undefined && row?.unlocked === true;
    if (nowUnlocked && !value.keepsCounting) return ready(row, newer.sentAt, false, known);
    const isGone = newer?.rows !== undefined && known !== undefined && hasShrunk(known, row);
    if (known !== undefined && !isGone) {
      if (!known.unlocked || value.keepsCounting) {
        // Its count stays: no snapshot that shows more ever overwrites a baseline.
        const progress = { ...known, unlocked: known.unlocked || nowUnlocked };
        return { status: "ready", progress, reset: false };
      }
      if (this.#ours.has(lane.id) && known.at >= freshSince) return { status: "ready", progress: known, reset: false };
    }
    if (newer?.rows !== undefined && newer.sentAt >= baselineSince)
      return this.#baseline(lane, value, row, newer.sentAt);
    if (baselineSince > now) return { status: "wait", reason: "progress-unread", notBefore: baselineSince };

    const reading = await this.#readSince(user, Math.max(baselineSince, freshSince));
    if (reading.status === "unread") return { status: "wait", reason: reading.reason, failed: reading };
    if (reading.rows === undefined) return this.#single(lane, value);
    return this.#baseline(lane, value, reading.rows.get(target.name), reading.sentAt);
  }

  /**
   * Reads what a player who joins will need. That an achievement is unlocked is not believed of before; but who was read
   * less than a quiet period ago is read again only once something stands on it.
   */
  async prefetch(user: string): Promise<void> {
    this.#joined.set(user, this.#clock.now());
    const known = this.#snapshots.get(user);
    const recent = known !== undefined && known.sentAt > this.#clock.now() - this.#policy.quietPeriodMs;
    // It is a convenience: never the one request that probes.
    if (!recent && !this.#reading.has(user) && this.#governor.held === undefined) await this.#read(user);
  }

  /** The emulator answers from another world: nothing that was known is of it. */
  newWorld(): void {
    this.#worldSince = this.#clock.now();
    this.#snapshots.clear();
    this.#setbacks.clear();
  }

  /** Whether the emulator's world has changed since (wall ms). */
  isEarlierWorld(since: number): boolean {
    return since <= this.#worldSince;
  }

  /** What a lane knows, and as of when: what an earlier process left is older than any read of this one. */
  #knownOf({ id, progress }: LeasedLane): { readonly known: Progress | undefined; readonly knownAt: number } {
    if (progress === undefined || this.isEarlierWorld(progress.at)) return { known: undefined, knownAt: 0 };
    return { known: progress, knownAt: this.#ours.has(id) ? progress.at : 0 };
  }

  /** Nothing read of the user before `until` (wall ms) is believed any longer; a later call replaces an earlier one. */
  forget(user: string, until: number): void {
    this.#snapshots.delete(user);
    this.#forgotten.set(user, { at: this.#clock.now(), until });
  }

  /** What was known of the user at `since` (wall ms) holds no longer. */
  isForgotten(user: string, since: number): boolean {
    return this.isEarlierWorld(since) || (this.#forgotten.get(user)?.at ?? Number.NEGATIVE_INFINITY) >= since;
  }

  /** A row of one achievement, read now and joined with nobody's older read. */
  async readOne(user: string, name: string): Promise<RowReading> {
    const wish = { kind: "read", asked: `${user} ${name}` } as const;
    const reading = await underPermit(this.#governor, wish, () => {
      this.#counters.reads += 1;
      return this.#platform.readOne(user, name, this.#signal);
    });
    return reading ?? this.#unsent();
  }

  /** What the last reading of all rows said of one achievement: never good enough for a verdict. */
  lastSeen(user: string, name: string): RowReading | undefined {
    const snapshot = this.#snapshots.get(user);
    if (snapshot?.rows === undefined) return undefined;
    const row = snapshot.rows.get(name);
    return row === undefined
      ? { status: "absent", sentAt: snapshot.sentAt }
      : { status: "row", sentAt: snapshot.sentAt, row };
  }

  async #single(lane: LeasedLane, value: AchievementValue): Promise<Prepared> {
    const { user, target } = lane.key;
    const reading = this.#waiting(user) ?? (await this.readOne(user, target.name));
    this.#heard(user, reading);
    if (reading.status === "unread") return { status: "wait", reason: reading.reason, failed: reading };
    return this.#baseline(lane, value, reading.status === "row" ? reading.row : undefined, reading.sentAt);
  }

  #baseline(lane: LeasedLane, value: AchievementValue, row: ProgressRow | undefined, sentAt: number): Prepared {
    const { known } = this.#knownOf(lane);
    const isOfEarlierWorld = known === undefined && lane.progress !== undefined && row?.unlocked !== true;
    const reset = isOfEarlierWorld ? "told" : known !== undefined && hasShrunk(known, row) ? "seen" : false;
    if (row === undefined) return ready({ count: 0n, unlocked: false }, sentAt, reset);
    if (row.count === undefined && value.count > 0n && !row.unlocked) {
      const failed: Unread = { status: "unread", reason: "progress-unread" };
      return { status: "wait", reason: "progress-unread", failed };
    }
    return ready(row, sentAt, reset);
  }

  async #readSince(user: string, since: number): Promise<ProgressReading> {
    const joined = this.#reading.get(user);
    if (joined !== undefined) {
      const reading = await joined;
      if (reading.status === "unread" || reading.sentAt >= since) return reading;
    }
    return this.#reading.get(user) ?? this.#read(user);
  }

  #read(user: string): Promise<ProgressReading> {
    const reading = this.#ask(user).finally(() => this.#reading.delete(user));
    this.#reading.set(user, reading);
    return reading;
  }

  async #ask(user: string): Promise<ProgressReading> {
    const waiting = this.#waiting(user);
    if (waiting !== undefined) return waiting;
    const answer = await underPermit(this.#governor, { kind: "read", asked: user }, () => {
      this.#counters.reads += 1;
      return this.#platform.readProgress(user, this.#signal);
    });
    if (answer === undefined) return this.#unsent();
    this.#heard(user, answer);
    if (answer.status === "unread") return answer;
    if (this.isEarlierWorld(answer.sentAt) || (this.#forgotten.get(user)?.until ?? -1) >= answer.sentAt)
      return { status: "unread", reason: "progress-unread", detail: "It was changed while it was read." };
    this.#snapshots.set(user, { sentAt: answer.sentAt, rows: answer.rows });
    return answer;
  }

  #unsent(): Unread {
    const { reason, until } = nextTurn(this.#governor, this.#clock.now());
    return { status: "unread", reason, unsentUntil: until };
  }

  /** What stands in the way of reading a user now, if anything does. */
  #waiting(user: string): Unread | undefined {
    const setback = this.#setbacks.get(user);
    if (setback === undefined || setback.until <= this.#clock.now()) return undefined;
    const { reason, detail, until } = setback;
    return { status: "unread", reason, unsentUntil: until, ...(detail !== undefined && { detail }) };
  }

  /** Reads that fail back off as writes do; what refuses the whole app is the governor's to remember. */
  #heard(user: string, answer: ProgressReading | RowReading): void {
    if (answer.status !== "unread") this.#setbacks.delete(user);
    else if (answer.appWide !== true && answer.unsentUntil === undefined) {
      const failures = this.#setbacks.get(user)?.failures ?? 0;
      const { backoffMs: baseMs, maxBackoffMs: capMs } = this.#policy;
      const wait = Math.max(answer.afterMs ?? 0, fullJitter(failures, { baseMs, capMs }, this.#random.next()));
      const until = this.#clock.now() + wait;
      const { reason, detail } = answer;
      this.#setbacks.set(user, { reason, detail, failures: failures + 1, until });
    }
  }
}

/** A counter that is unlocked may stop where it is, below what was sent. An absent row is one without progress. */
function hasShrunk(known: Progress, row: ProgressRow | undefined): boolean {
  if (row?.unlocked === true) return false;
  const count = row === undefined ? 0n : row.count;
  return known.unlocked || (count !== undefined && count < known.count);
}

function ready(row: ProgressRow, at: number, reset: "seen" | "told" | false, known?: Progress): Prepared {
  return { status: "ready", progress: { count: row.count ?? known?.count ?? 0n, unlocked: row.unlocked, at }, reset };
}
