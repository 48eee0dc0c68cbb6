import { LRUCache } from "lru-cache";
import type { AchievementValue } from "../intent/lane-value.ts";
import type { Reason } from "../intent/outcome.ts";
import type { Clock } from "../runtime/clock.ts";
import type { LeasedLane, Progress } from "../store/lane-store.ts";
import type { Counters } from "./counters.ts";
import type { Platform, ProgressReading, ProgressRow, Unread } from "./platform.ts";
import type { DeliveryPolicy } from "./policy.ts";

/** What a lane stands on before it is sent. */
export type Prepared =
  | { readonly status: "ready"; readonly progress: Progress }
  | { readonly status: "archived" }
  /** No usable reading yet. `failed` tells a failed read from one that must not be made before `notBefore`. */
  | { readonly status: "wait"; readonly reason: Reason; readonly notBefore?: number; readonly failed?: Unread };

interface Snapshot {
  readonly sentAt: number;
  readonly rows: ReadonlyMap<string, ProgressRow> | undefined;
}

const MOST_USERS = 10_000;

/**
 * Knows, per user, what the platform last said, and decides what a lane may stand on.
 *
 * A lane's own stored progress comes first: a settled send moved it forward. Otherwise one read of all the user's
 * achievements serves every lane of that user, under one rule: a read may become a lane's baseline only if nothing of
 * that lane was in flight since it was sent, and the lane's last send had settled a quiet period before. That an
 * achievement is unlocked may be believed of any read, for as long as facts last.
 */
export class ProgressBook {
  readonly #platform: Platform;
  readonly #clock: Clock;
  readonly #policy: DeliveryPolicy;
  readonly #counters: Counters;
  readonly #signal: AbortSignal;
  readonly #snapshots = new LRUCache<string, Snapshot>({ max: MOST_USERS });
  readonly #reading = new Map<string, Promise<ProgressReading>>();

  constructor(parts: {
    platform: Platform;
    clock: Clock;
    policy: DeliveryPolicy;
    counters: Counters;
    signal: AbortSignal;
  }) {
    this.#platform = parts.platform;
    this.#clock = parts.clock;
    this.#policy = parts.policy;
    this.#counters = parts.counters;
    this.#signal = parts.signal;
  }

  async prepare(lane: LeasedLane, value: AchievementValue): Promise<Prepared> {
    const name = lane.key.target.name;
    const definitions = await this.#platform.definitions();
    if (definitions.achievement(name)?.archived === true) return { status: "archived" };

    const now = this.#clock.now();
    const known = lane.progress;
    const freshSince = now - this.#policy.factMs;
    if (known !== undefined && (!known.unlocked || value.keepsCounting || known.at >= freshSince)) {
      return { status: "ready", progress: known };
    }

    const baselineSince = lane.settledAt === undefined ? 0 : lane.settledAt + this.#policy.quietPeriodMs;
    const wantedSince = Math.max(baselineSince, freshSince);
    const cached = this.#snapshots.get(lane.key.user);
    if (cached !== undefined && cached.sentAt >= freshSince) {
      const row = cached.rows?.get(name);
      if (row?.unlocked === true) return ready(row, cached.sentAt);
      if (cached.sentAt >= wantedSince && cached.rows !== undefined) return this.#baseline(value, row, cached.sentAt);
    }
    if (baselineSince > now) return { status: "wait", reason: "progress-unread", notBefore: baselineSince };

    const reading = await this.#readSince(lane.key.user, wantedSince);
    if (reading.status === "unread") return { status: "wait", reason: reading.reason, failed: reading };
    if (reading.rows === undefined) return this.#single(lane, value);
    return this.#baseline(value, reading.rows.get(name), reading.sentAt);
  }

  /** A row of one achievement, read now and joined with nobody's older read. */
  async readOne(user: string, name: string): Promise<Awaited<ReturnType<Platform["readOne"]>>> {
    this.#counters.reads += 1;
    return this.#platform.readOne(user, name, this.#signal);
  }

  async #single(lane: LeasedLane, value: AchievementValue): Promise<Prepared> {
    const reading = await this.readOne(lane.key.user, lane.key.target.name);
    if (reading.status === "unread") return { status: "wait", reason: reading.reason, failed: reading };
    return this.#baseline(value, reading.status === "row" ? reading.row : undefined, reading.sentAt);
  }

  #baseline(value: AchievementValue, row: ProgressRow | undefined, sentAt: number): Prepared {
    if (row === undefined) return ready({ count: 0n, unlocked: false }, sentAt);
    if (row.count === undefined && value.count > 0n && !row.unlocked) {
      const failed: Unread = { status: "unread", reason: "progress-unread" };
      return { status: "wait", reason: "progress-unread", failed };
    }
    return ready(row, sentAt);
  }

  async #readSince(user: string, since: number): Promise<ProgressReading> {
    const joined = this.#reading.get(user);
    if (joined !== undefined) {
      const reading = await joined;
      if (reading.status === "unread" || reading.sentAt >= since) return reading;
    }
    const next = this.#reading.get(user) ?? this.#read(user);
    return next;
  }

  #read(user: string): Promise<ProgressReading> {
    const reading = (async (): Promise<ProgressReading> => {
      this.#counters.reads += 1;
      const answer = await this.#platform.readProgress(user, this.#signal);
      if (answer.status === "read") this.#snapshots.set(user, { sentAt: answer.sentAt, rows: answer.rows });
      return answer;
    })().finally(() => this.#reading.delete(user));
    this.#reading.set(user, reading);
    return reading;
  }
}

function ready(row: ProgressRow, at: number): Prepared {
  return { status: "ready", progress: { count: row.count ?? 0n, unlocked: row.unlocked, at } };
}
