import type { Governor } from "../resilience/governor.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { inTurns } from "../runtime/soon.ts";
import { errorText } from "../secrets/error-text.ts";
import { ownerOf } from "../store/fair-queue.ts";
import type { LaneStore, LeasedLane } from "../store/lane-store.ts";
import type { Beat } from "./beat.ts";

const RETRY_STORE_MS = 1_000;

/** For each permit, lanes that may be out at once: one that sends, others whose journal or end is being written. */
const LANES_PER_PERMIT = 4;

/** What part of the lanes that may be out one player has before others are asked first. */
const SHARE = 1 / 32;

/** Leased lanes that begin in one turn of the event loop. */
const PER_TURN = 8;

/** Runs one leased lane to its end, its settlement included; takes a permit while it sends. Must not reject. */
export type RunLane = (lane: LeasedLane) => Promise<void>;

/**
 * Which lane runs, and when: leases due lanes from the store, fair between players and some ahead of the permits they will
 * need, one wake-up timer for the next due time. While the app is held back nothing is leased, then one lane at a time.
 * States: *new*, where nothing is leased, until `start`; *running* until `stop`; *stopping* while leases that were given
 * out end; then *stopped* for good.
 */
export class Scheduler {
  readonly #store: LaneStore;
  readonly #beat: Beat;
  readonly #governor: Governor;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onStoreFailed: (error: unknown) => void;
  readonly #run: RunLane;
  /** Lanes that run, by whose they are. */
  readonly #out = new Map<string, number>();
  readonly #watchers = new Set<() => void>();
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #running = 0;
  #emptied = 0;
  #pumping = false;
  #again = false;
  /** A lane that nothing may run beside. */
  #alone = false;
  #state: "new" | "running" | "stopped" = "new";

  constructor(parts: {
    store: LaneStore;
    beat: Beat;
    governor: Governor;
    clock: Clock;
    logger: Logger;
    onStoreFailed: (error: unknown) => void;
    run: RunLane;
  }) {
    this.#store = parts.store;
    this.#beat = parts.beat;
    this.#governor = parts.governor;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#onStoreFailed = parts.onStoreFailed;
    this.#run = parts.run;
    parts.governor.onFree(() => this.kick());
  }

  /** What attempts need is known: leases from now on. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "running";
    this.kick();
  }

  /** Something may be due now. */
  kick(): void {
    if (this.#state !== "running") return;
    this.#again = true;
    if (!this.#pumping) this.#beat.ask(this.#pump, 0);
  }

  /** Something is due at `at` (wall ms). */
  due(at: number): void {
    if (at <= this.#clock.now()) this.kick();
    else this.#arm(at);
  }

  get stopped(): boolean {
    return this.#state === "stopped";
  }

  /** How often everything that ran had ended. */
  get emptied(): number {
    return this.#emptied;
  }

  /** Resolves once everything that ran has ended again since `seen` was read, or the scheduler has stopped. */
  async emptiedAfter(seen: number): Promise<void> {
    while (this.#emptied <= seen && !this.stopped) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Leases no more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#state = "stopped";
    this.#timer?.cancel();
    this.#tellWatchers();
    while (this.#running > 0 || this.#pumping) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Never rejects. One at a time; what is asked for meanwhile waits for a beat of its own. */
  readonly #pump = async (): Promise<void> => {
    this.#again = false;
    this.#pumping = true;
    try {
      if (!this.stopped) await this.#startDue();
    } catch (error) {
      if (!this.stopped) {
        this.#onStoreFailed(error);
        this.#arm(this.#clock.now() + RETRY_STORE_MS);
      }
    }
    this.#pumping = false;
    if (this.stopped) this.#tellWatchers();
    else if (this.#again) this.kick();
  };

  async #startDue(): Promise<void> {
    const room = this.#room();
    // Whoever ends kicks again, and so does the governor.
    if (room <= 0) return;
    const sharing = { share: Math.max(1, Math.floor(this.#mostRunning * SHARE)), out: this.#out };
    const lanes = await this.#store.lease(room, this.#clock.now(), sharing);
    this.#running += lanes.length;
    for (const { id } of lanes) this.#count(ownerOf(id), 1);
    this.#alone = lanes[0]?.alone === true;
    // Before anything else is asked of the store: what is leased is this process's to end.
    inTurns(lanes, PER_TURN, (lane) => void this.#start(lane));
    if (lanes.length >= room) return;
    const next = await this.#store.nextDue();
    // What is due and was not leased waits for what runs.
    if (next !== undefined && (next > this.#clock.now() || this.#running === 0)) this.#arm(next);
  }

  #room(): number {
    if (this.#alone) return 0;
    if (this.#governor.held === undefined) return this.#mostRunning - this.#running;
    return this.#running === 0 && this.#governor.isFree ? 1 : 0;
  }

  get #mostRunning(): number {
    return this.#governor.limit * LANES_PER_PERMIT;
  }

  #count(owner: string, by: 1 | -1): void {
    const out = (this.#out.get(owner) ?? 0) + by;
    if (out > 0) this.#out.set(owner, out);
    else this.#out.delete(owner);
  }

  async #start(lane: LeasedLane): Promise<void> {
    try {
      await this.#run(lane);
    } catch (error) {
      const fields = { user: lane.key.user, target: lane.key.target.name, error: errorText(error) };
      this.#logger.error(fields, "What follows a delivery failed unexpectedly.");
    } finally {
      this.#running -= 1;
      if (lane.alone) this.#alone = false;
      this.#count(ownerOf(lane.id), -1);
      if (this.#running === 0) {
        this.#emptied += 1;
        this.#tellWatchers();
      }
      this.kick();
    }
  }

  #arm(at: number): void {
    if (this.stopped || (at >= this.#timerAt && this.#timer !== undefined)) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = this.#clock.after(at - this.#clock.now(), () => {
      this.#timer = undefined;
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.kick();
    });
  }

  #tellWatchers(): void {
    const waiting = [...this.#watchers];
    this.#watchers.clear();
    for (const resolve of waiting) resolve();
  }
}
