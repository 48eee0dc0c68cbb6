import { QuestlineError } from "../errors/questline-error.ts";
import { laneId } from "../intent/intent.ts";
import type { Reason } from "../intent/outcome.ts";
import type { LaneKey } from "../intent/intent.ts";
import { aborted } from "../runtime/aborted.ts";
import { createGovernor } from "../resilience/governor.ts";
import type { Governor, Throttle } from "../resilience/governor.ts";
import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Probe } from "../runtime/probe.ts";
import type { Random } from "../runtime/random.ts";
import type { OrphanedSockets } from "../runtime/orphaned-sockets.ts";
import { soon } from "../runtime/soon.ts";
import type { ExpiredLane, Owed, SetAside } from "../store/lane-records.ts";
import type { Firing, LaneStore, LeasedLane, ReportAcceptance, Staging } from "../store/lane-store.ts";
import { Beat } from "./beat.ts";
import type { AttemptParts } from "./attempt-parts.ts";
import { countEnd } from "./count-end.ts";
import type { Counters } from "./counters.ts";
import type { Ended } from "./ended.ts";
import { endLease } from "./end-lease.ts";
import type { EndLease } from "./end-lease.ts";
import { followWorld } from "./emulator-world.ts";
import { createFeed } from "./feed.ts";
import type { Feed } from "./feed.ts";
import { gather } from "./gather.ts";
import { keepHouse } from "./housekeeping.ts";
import { Intake } from "./intake.ts";
import { throttleLog } from "./log-throttle.ts";
import type { Taken } from "./intake.ts";
import type { Platform } from "./platform.ts";
import type { DeliveryPolicy } from "./policy.ts";
import { ProgressBook } from "./progress-book.ts";
import type { Sabotage } from "./sabotage.ts";
import { runLane } from "./run-lane.ts";
import { Scheduler } from "./scheduler.ts";
import { SettleWaiters } from "./settle-waiters.ts";
import type { FiringEnd } from "./settle-waiters.ts";
import { RefusalWatch } from "./refusal-watch.ts";
import { resetLog } from "./reset-log.ts";
import type { StoreProblem } from "./store-problem.ts";
import { StoreTrouble } from "./store-trouble.ts";
import { StoreWait } from "./store-wait.ts";
import { takeOver } from "./take-over.ts";
import { watchedPlatform } from "./watched-platform.ts";
import { tellSetAside } from "./tell-set-aside.ts";
import { watchPlace } from "./watch-place.ts";

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
  /** Looks for sockets to the platform that outlived their process. Absent: nobody can tell. */
  readonly orphans?: (() => OrphanedSockets) | undefined;
  readonly probe?: Probe | undefined;
  readonly sabotage?: Sabotage | undefined;
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
  | "sawWorld"
  | "flush"
  | "owed"
  | "throttle"
  | "problem"
  | "passOn"
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
  /** Deliveries pause, probe, or are open again. */
  readonly throttled: Feed<Throttle<Reason>>;
  /** An answer of the emulator named its world. */
  readonly sawWorld: (id: string) => void;
  readonly #parts: OutboxParts;
  readonly #governor: Governor<Reason>;
  readonly #scheduler: Scheduler;
  readonly #waiters: SettleWaiters;
  readonly #intake: Intake;
  readonly #book: ProgressBook;
  readonly #attempt: AttemptParts;
  readonly #end: EndLease;
  readonly #trouble: StoreTrouble;
  readonly #wait: StoreWait;
  #opening: Promise<void> | undefined;
  #failure: QuestlineError | undefined;

  constructor(parts: OutboxParts) {
    const { store, clock, random, logger, policy, counters } = parts;
    const { signal } = parts.abort;
    const watch = new RefusalWatch(clock, logger, signal);
    const platform = watchedPlatform(parts.platform, watch);
    this.#parts = parts;
    this.ended = createFeed("outcomes", logger);
    this.tokenWanted = createFeed("token wanted", logger);
    this.#waiters = new SettleWaiters(store, clock);
    store.onSetAside?.((rows) => this.#setAside(rows));
    const beat = new Beat({ clock, everyMs: store.gatherMs ?? 0, most: policy.concurrency / 2 });
    this.#trouble = new StoreTrouble(clock, logger);
    this.#wait = new StoreWait(clock, logger);
    this.#governor = createGovernor({ clock, random, limit: policy.concurrency });
    this.throttled = createFeed("throttle", logger);
    this.throttled.listen(throttleLog(clock, logger, () => watch.last));
    this.throttled.listen(({ state }) => watch.held(state !== "open"));
    this.#governor.onChange((throttle) => this.throttled.emit(throttle));
    platform.onUsage?.((percent) => this.#governor.usage(percent));
    this.#scheduler = new Scheduler({
      store,
      beat,
      governor: this.#governor,
      clock,
      logger,
      onStoreFailed: this.#trouble.failed,
      run: (lane) => this.#run(lane),
    });
    const onDue = (at: number): void => this.#scheduler.due(at);
    this.#intake = new Intake({
      store: { accept: (reports) => this.#trouble.hearTaking(store.accept(reports)) },
      clock,
      beat,
      maxQueued: policy.maxQueued,
      onDue,
      problem: () => this.problem(),
      sabotage: parts.sabotage,
    });
    const governor = this.#governor;
    this.#book = new ProgressBook({ platform, governor, random, clock, policy, counters, signal });
    this.sawWorld = followWorld(logger, () => {
      this.#book.newWorld();
      this.#scheduler.kick();
    });
    this.#end = endLease({ store, beat, clock, trouble: this.#trouble, signal });
    const stage = gather(beat, (batch: readonly Staging[]) => store.stage(batch));
    this.#attempt = {
      ...parts,
      platform,
      book: this.#book,
      governor,
      stage: (staging) => this.#trouble.hear(stage(staging)),
      signal,
      onReset: resetLog(clock, logger),
      onTokenWanted: (user, reason) => soon(() => this.tokenWanted.emit({ user, reason })),
    };
  }

  /**
   * Opens the store, takes over what a dead process left, and starts delivering. Waits for a store that cannot be opened yet;
   * rejects where it never can, and with `closed` where `close` or `hurry` came before.
   */
  open(): Promise<void> {
    this.#opening ??= this.#openOrFail();
    return this.#opening;
  }

  /** From here on the store is not waited for. */
  hurry(): void {
    this.#wait.hurry();
  }

  async #openOrFail(): Promise<void> {
    try {
      await this.#open();
      this.#intake.open();
    } catch (error) {
      this.#intake.fail(error);
      await this.#parts.store.close().catch(() => undefined);
      throw error;
    }
  }

  async #open(): Promise<void> {
    const { store, platform, clock, policy, logger, abort } = this.#parts;
    const { signal } = abort;
    const wait = this.#wait;
    const taken = await takeOver({ ...this.#parts, wait, signal, onShortened: () => this.#scheduler.kick() });
    void store.lost?.then((failure) => this.#lost(failure));
    for (const lane of taken.ended) this.#expired(lane);
    void keepHouse({ store, clock, policy, logger, signal, onExpired: (lane) => this.#expired(lane) });
    void watchPlace({ store, clock, trouble: this.#trouble, signal });
    void platform.known.then(() => this.#scheduler.start());
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

  /** What waits unwritten, and whatever is taken from here on, goes to `take`. */
  passOn(take: Delivery["take"]): void {
    this.#intake.passOn(take);
  }

  /** Takes what was gathered elsewhere into the store at once. */
  async accept(reports: readonly (readonly Firing[])[]): Promise<readonly ReportAcceptance[]> {
    const answers = await this.#trouble.hearTaking(this.#parts.store.accept(reports));
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

  /**
   * Progress was changed from outside, such as by a reset at the platform; while that may still go on, `heldForMs`,
   * nothing of the user's achievements leaves. A later call replaces an earlier one. Answers how many lanes forgot.
   */
  async forgetProgress(app: string, user: string, heldForMs = 0): Promise<number> {
    const until = this.#parts.clock.now() + heldForMs;
    this.#book.forget(user, until);
    const forgot = await this.#parts.store.forgetProgress(app, user, until);
    this.#scheduler.kick();
    return forgot;
  }

  /** Everything due now; resolves when nothing is pending or in flight. */
  async flush(): Promise<void> {
    await this.#until((owed) => owed.pending + owed.inFlight === 0);
  }

  owed(): Promise<Owed> {
    return this.#parts.store.owed();
  }

  /** How much is sent at once, and why not more. */
  throttle(): Throttle<Reason> {
    return this.#governor.throttle();
  }

  /** What keeps the store from being used at the moment. */
  problem(): StoreProblem | undefined {
    return this.#wait.problem ?? this.#trouble.problem;
  }

  /**
   * Delivers what it can until the deadline, gives back the rest, closes the store, says what is owed. Rejects at once where
   * the store is still waited for.
   */
  async close(timeoutMs: number): Promise<Owed> {
    const { store, clock, abort } = this.#parts;
    this.hurry();
    await this.#opening;
    const deadline = new AbortController();
    const timer = clock.after(timeoutMs, () => deadline.abort());
    const done = this.#until((owed) => owed.pending + owed.inFlight + owed.inDoubt === 0, deadline.signal);
    await Promise.race([done.catch(() => undefined), aborted(deadline.signal)]);
    timer.cancel();
    deadline.abort();
    abort.abort(new QuestlineError("closed", "Questline is closing."));
    this.#governor.close();
    // What is aborted ends at once; should something not, a deadline is a deadline.
    const stopped = this.#scheduler.stop();
    await Promise.race([stopped, sleep(clock, ABORT_GRACE_MS).then(() => undefined)]);
    // What it gave up was reset, so that no more than the quiet period is needed. Failing, the next process takes over.
    await store.handBack(clock.now(), this.#parts.policy.quietPeriodMs).catch(this.#trouble.failed);
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

  #run(lane: LeasedLane): Promise<void> {
    const { platform } = this.#parts;
    return runLane(lane, {
      ...this.#parts,
      attempt: this.#attempt,
      end: this.#end,
      hasToken: (user) => platform.hasToken(user),
      wake: (app, user) => this.wake(app, user),
      onFinal: (ended) => this.#final(ended),
    });
  }

  #setAside(rows: readonly SetAside[]): void {
    tellSetAside(rows, this.#parts.logger);
    for (const { what, app, user, target } of rows) {
      if (what !== "lane" || app === undefined || user === undefined || target === undefined) continue;
      void this.#waiters.askAgain(laneId({ app, user, target }));
    }
  }

  #expired({ key, record }: ExpiredLane): void {
    this.#final({ key, record, epoch: 0, unlocked: false });
  }

  #final(ended: Ended): void {
    const { key, record } = ended;
    countEnd(ended, this.#parts.counters, this.#parts.logger);
    this.#waiters.settled(laneId(key), record);
    this.ended.emit(ended);
  }
}
