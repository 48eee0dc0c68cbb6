import { QuestlineError } from "../errors/questline-error.ts";
import { bitText } from "../intent/bit-text.ts";
import { laneId } from "../intent/intent.ts";
import type { Reason } from "../intent/outcome.ts";
import type { LaneKey } from "../intent/intent.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import { createGovernor } from "../resilience/governor.ts";
import type { Governor } from "../resilience/governor.ts";
import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Probe } from "../runtime/probe.ts";
import type { Random } from "../runtime/random.ts";
import { soon } from "../runtime/soon.ts";
import type { ExpiredLane, Owed, Progress, SendRecord } from "../store/lane-records.ts";
import type { Firing, LaneStore, LeasedLane, ReportAcceptance, Settlement } from "../store/lane-store.ts";
import { Beat } from "./beat.ts";
import { AppHealth } from "./app-health.ts";
import { attempt } from "./attempt.ts";
import type { AttemptParts } from "./attempt-parts.ts";
import type { Conclusion } from "./conclude.ts";
import type { Counters } from "./counters.ts";
import { createFeed } from "./feed.ts";
import type { Feed } from "./feed.ts";
import { gather } from "./gather.ts";
import { keepHouse } from "./housekeeping.ts";
import { Intake } from "./intake.ts";
import type { Taken } from "./intake.ts";
import type { Platform } from "./platform.ts";
import type { DeliveryPolicy } from "./policy.ts";
import { ProgressBook } from "./progress-book.ts";
import type { Sabotage } from "./sabotage.ts";
import { Scheduler } from "./scheduler.ts";
import { SettleWaiters } from "./settle-waiters.ts";
import type { FiringEnd } from "./settle-waiters.ts";

export interface OutboxParts {
  readonly store: LaneStore;
  readonly platform: Platform;
  readonly policy: DeliveryPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Aborted when what is under way must end; what the platform adapter waits for has to end with it. */
  readonly abort: AbortController;
  readonly probe?: Probe | undefined;
  readonly sabotage?: Sabotage | undefined;
}

/** A lane's value that is final. */
export interface Ended {
  readonly key: LaneKey;
  readonly record: SendRecord;
  readonly epoch: number;
  /** We unlocked it: announced in the transaction that settled it. */
  readonly unlocked: boolean;
  readonly improved?: boolean | "unknown";
  readonly score?: bigint;
  /** What a counter came to, or the bits that were sent. */
  readonly progress?: { readonly count: bigint } | { readonly bits: string };
}

/** What others ask of an outbox, in whichever thread it is. */
export type Delivery = Pick<
  Outbox,
  | "ended"
  | "tokenWanted"
  | "open"
  | "take"
  | "settled"
  | "wake"
  | "kick"
  | "prefetch"
  | "forgetProgress"
  | "flush"
  | "owed"
  | "close"
>;

const ABORT_GRACE_MS = 1_000;

export type TokenWish = { readonly user: string; readonly reason: "refused" | "missing" };

/**
 * Takes firings durably before anything is sent, and delivers what is due.
 * Accepting → delivering → *draining* (`close`: accepts no more, ends or gives back what runs) → closed.
 */
export class Outbox {
  readonly ended: Feed<Ended>;
  readonly tokenWanted: Feed<TokenWish>;
  readonly #parts: OutboxParts;
  readonly #governor: Governor<Reason>;
  readonly #scheduler: Scheduler;
  readonly #waiters: SettleWaiters;
  readonly #intake: Intake;
  readonly #book: ProgressBook;
  readonly #attempt: AttemptParts;
  readonly #settle: (settlement: Settlement) => Promise<boolean>;
  #failure: QuestlineError | undefined;

  constructor(parts: OutboxParts) {
    const { store, clock, logger, policy, counters } = parts;
    const { signal } = parts.abort;
    this.#parts = parts;
    this.ended = createFeed("outcomes", logger);
    this.tokenWanted = createFeed("token wanted", logger);
    this.#waiters = new SettleWaiters(store);
    const beat = new Beat({ clock, everyMs: store.gatherMs ?? 0, most: policy.concurrency / 2 });
    this.#governor = createGovernor({ clock, limit: policy.concurrency });
    this.#scheduler = new Scheduler({
      store,
      beat,
      governor: this.#governor,
      clock,
      logger,
      permits: policy.concurrency,
      run: (lane) => this.#run(lane),
    });
    const onDue = (at: number): void => this.#scheduler.due(at);
    this.#intake = new Intake({ store, clock, beat, maxQueued: policy.maxQueued, onDue, sabotage: parts.sabotage });
    this.#book = new ProgressBook({ platform: parts.platform, clock, policy, counters, signal });
    this.#settle = gather(beat, (batch) => store.settle(batch));
    const health = new AppHealth({ governor: this.#governor, clock, logger });
    this.#attempt = {
      ...parts,
      book: this.#book,
      governor: this.#governor,
      stage: gather(beat, (batch) => store.stage(batch)),
      signal,
      onAnswer: (answer) => health.hear(answer),
      onTokenWanted: (user, reason) => soon(() => this.tokenWanted.emit({ user, reason })),
    };
  }

  /** Opens the store, takes over what a dead process left, and starts delivering. */
  async open(): Promise<void> {
    try {
      await this.#open();
      this.#intake.open();
    } catch (error) {
      this.#intake.fail(error);
      throw error;
    }
  }

  async #open(): Promise<void> {
    const { store, clock, random, policy, logger, counters, abort } = this.#parts;
    const { quietPeriodMs: quietMs, poisonAfter } = policy;
    const taken = await store.open({ incarnation: random.hex(8), now: clock.now(), quietMs, poisonAfter });
    counters.dead += taken.poisoned;
    if (taken.released + taken.inDoubt > 0) {
      logger.info({ ...taken }, "Took over what an earlier process had begun to send.");
    }
    if (taken.poisoned > 0) {
      const message =
        "Results whose attempts kept dying with their process were taken out; they are kept as dead letters.";
      logger.error({ poisoned: taken.poisoned }, message);
    }
    void store.lost?.then((failure) => this.#lost(failure));
    void keepHouse({ store, clock, policy, logger, signal: abort.signal, onExpired: (lane) => this.#expired(lane) });
    this.#scheduler.kick();
  }

  /** The store has ended by itself: nobody waits for it. */
  #lost(failure: QuestlineError): void {
    this.#failure = failure;
    this.#intake.fail(failure);
    this.#waiters.close();
    this.#parts.abort.abort(failure);
    void this.#scheduler.stop();
  }

  /** Reports may be taken before the store is open: they wait for it. `told` is called once. */
  take(firings: readonly Firing[], told: (taken: Taken) => void): void {
    this.#intake.take(firings, told);
  }

  /** Takes what was gathered elsewhere into the store at once. */
  async accept(reports: readonly (readonly Firing[])[]): Promise<readonly ReportAcceptance[]> {
    const answers = await this.#parts.store.accept(reports);
    let earliest = Number.POSITIVE_INFINITY;
    for (const [index, answer] of answers.entries()) {
      if (answer.status === "taken") for (const { dueAt } of reports[index] ?? []) earliest = Math.min(earliest, dueAt);
    }
    if (earliest < Number.POSITIVE_INFINITY) this.#scheduler.due(earliest);
    return answers;
  }

  settled(key: LaneKey, seq: number): Promise<FiringEnd> {
    return this.#waiters.wait(key, seq);
  }

  /** A user's token is at hand: lanes that were parked for it go on. */
  async wake(app: string, user: string): Promise<void> {
    const woken = await this.#parts.store.wake(app, user, this.#parts.clock.now());
    if (woken > 0) this.#scheduler.kick();
  }

  kick(): void {
    this.#scheduler.kick();
  }

  /** Reads a player's progress ahead of the first result. Never rejects. */
  prefetch(user: string): Promise<void> {
    return this.#book.prefetch(user);
  }

  /** Progress was changed from outside, such as by a reset at the platform. Answers how many lanes forgot. */
  forgetProgress(app: string, user: string): Promise<number> {
    this.#book.forget(user);
    return this.#parts.store.forgetProgress(app, user);
  }

  /** Everything due now; resolves when nothing is pending or in flight. */
  async flush(): Promise<void> {
    await this.#until((owed) => owed.pending + owed.inFlight === 0);
  }

  owed(): Promise<Owed> {
    return this.#parts.store.owed();
  }

  /** Delivers what it can until the deadline, gives back the rest, closes the store, says what is owed. */
  async close(timeoutMs: number): Promise<Owed> {
    const { store, clock, abort } = this.#parts;
    const deadline = new AbortController();
    const timer = clock.after(timeoutMs, () => deadline.abort());
    const done = this.#until((owed) => owed.pending + owed.inFlight + owed.inDoubt === 0, deadline.signal);
    await Promise.race([done.catch(() => undefined), aborted(deadline.signal)]);
    timer.cancel();
    deadline.abort();
    abort.abort(new QuestlineError("closed", "Questline is closing."));
    this.#governor.turnAway();
    // What is aborted ends at once; should something not, a deadline is a deadline.
    const stopped = this.#scheduler.stop();
    await Promise.race([stopped, sleep(clock, ABORT_GRACE_MS).then(() => undefined)]);
    this.#governor.close();
    try {
      return await store.owed();
    } finally {
      this.#waiters.close();
      await store.close();
    }
  }

  async #until(enough: (owed: Owed) => boolean, signal?: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    await this.#intake.empty();
    await store.makeDue(clock.now());
    for (;;) {
      const seen = this.#scheduler.emptied;
      if (this.#failure !== undefined) throw this.#failure;
      if (signal?.aborted === true || this.#scheduler.stopped || enough(await store.owed())) return;
      this.#scheduler.kick();
      await this.#scheduler.emptiedAfter(seen);
    }
  }

  async #run(lane: LeasedLane): Promise<void> {
    const { clock } = this.#parts;
    const startedAt = clock.now();
    const conclusion = await attempt(lane, this.#attempt);
    if (conclusion === undefined) return;
    const now = clock.now();
    const tried = conclusion.tried && { attempt: { startedAt, endedAt: now, ...conclusion.tried } };
    const held = await this.#settle({ lane: lane.id, leaseToken: lane.leaseToken, now, end: conclusion.end, ...tried });
    if (held) await this.#concluded(lane, conclusion, now);
  }

  async #concluded(lane: LeasedLane, conclusion: Conclusion, at: number): Promise<void> {
    const { platform } = this.#parts;
    const { end, improved, score, epoch = lane.epoch } = conclusion;
    if (end.type === "parked") {
      // A token may have come between the look for one and the parking.
      if (await platform.hasToken(lane.key.user)) await this.wake(lane.key.app, lane.key.user);
      return;
    }
    if (end.type !== "settled" && end.type !== "dead") return;
    const suppressed = end.type === "settled" && end.how === "suppressed";
    const record: SendRecord = {
      fromSeq: lane.fromSeq,
      toSeq: lane.toSeq,
      how: end.type === "dead" ? "dead" : end.how,
      ...(end.type === "dead" ? { reason: end.reason } : {}),
      attempts: lane.attempts + (suppressed ? 0 : 1),
      at,
    };
    const unlocked = end.type === "settled" && end.announce === true;
    this.#final({
      key: lane.key,
      record,
      epoch,
      unlocked,
      ...(suppressed || end.type === "dead" ? {} : progressOf(lane.value, end.progress)),
      ...(improved === undefined ? {} : { improved }),
      ...(score === undefined ? {} : { score }),
    });
  }

  #expired({ key, record }: ExpiredLane): void {
    this.#final({ key, record, epoch: 0, unlocked: false });
  }

  #final(ended: Ended): void {
    const { counters, logger } = this.#parts;
    const { key, record } = ended;
    if (record.how === "dead") {
      counters.dead += 1;
      const fields = { user: key.user, target: key.target.name, reason: record.reason };
      logger.error(fields, "A result was given up on; it is kept as a dead letter.");
    } else if (record.how === "suppressed") counters.suppressed += 1;
    else counters.delivered += 1;
    this.#waiters.settled(laneId(key), record);
    this.ended.emit(ended);
  }
}

function progressOf(value: LaneValue, known: Progress | undefined): Pick<Ended, "progress"> {
  if (value.type !== "achievement") return {};
  if (value.bits !== 0n) return { progress: { bits: bitText(value.bits, value.bitLength) } };
  return value.count === 0n || known === undefined ? {} : { progress: { count: known.count } };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true }),
  );
