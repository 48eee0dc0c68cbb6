import { QuestlineError } from "../errors/questline-error.ts";
import { laneId } from "../intent/intent.ts";
import type { LaneKey } from "../intent/intent.ts";
import { createGovernor } from "../resilience/governor.ts";
import type { Governor } from "../resilience/governor.ts";
import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";
import { soon } from "../runtime/soon.ts";
import type { Acceptance, Firing, LaneStore, LeasedLane, Owed, SendRecord, Settlement } from "../store/lane-store.ts";
import { attempt } from "./attempt.ts";
import type { AttemptParts } from "./attempt.ts";
import type { Conclusion } from "./conclude.ts";
import type { Counters } from "./counters.ts";
import { createFeed } from "./feed.ts";
import type { Feed } from "./feed.ts";
import { gather } from "./gather.ts";
import type { Platform } from "./platform.ts";
import type { DeliveryPolicy } from "./policy.ts";
import { ProgressBook } from "./progress-book.ts";
import { Scheduler } from "./scheduler.ts";
import { SettleWaiters } from "./settle-waiters.ts";
import type { FiringEnd } from "./settle-waiters.ts";

/** Deliberate defects, so that a test of a guarantee can be seen to fail. */
export type Sabotage = "resend-without-readback" | "ack-before-commit";

export interface OutboxParts {
  readonly store: LaneStore;
  readonly platform: Platform;
  readonly policy: DeliveryPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly sabotage?: Sabotage;
}

/** A lane's value that is final. */
export interface Ended {
  readonly lane: LeasedLane;
  readonly conclusion: Conclusion;
  readonly at: number;
}

const SABOTAGED_COMMIT_MS = 400;
const APP_PAUSE_MS = 1_000;
const PURGE_EVERY_MS = 60 * 60 * 1000;

/**
 * Takes firings durably before anything is sent, and delivers what is due.
 * Accepting → delivering → *draining* (`close`: accepts no more, ends or gives back what runs) → closed.
 */
export class Outbox {
  readonly ended: Feed<Ended>;
  readonly tokenWanted: Feed<{ readonly user: string; readonly reason: "refused" | "missing" }>;
  readonly #parts: OutboxParts;
  readonly #governor: Governor;
  readonly #scheduler: Scheduler;
  readonly #waiters: SettleWaiters;
  readonly #abort = new AbortController();
  readonly #attempt: AttemptParts;
  readonly #accept: (firings: readonly Firing[]) => Promise<readonly Acceptance[]>;
  readonly #settle: (settlement: Settlement) => Promise<boolean>;
  #accepting = 0;

  constructor(parts: OutboxParts) {
    const { store, clock, logger, policy, counters } = parts;
    this.#parts = parts;
    this.ended = createFeed("outcomes", logger);
    this.tokenWanted = createFeed("token wanted", logger);
    this.#waiters = new SettleWaiters(store);
    this.#governor = createGovernor({ clock, limit: policy.concurrency });
    this.#scheduler = new Scheduler({ store, governor: this.#governor, clock, logger, run: (lane) => this.#run(lane) });
    this.#accept = gather((groups: readonly (readonly Firing[])[]) => this.#write(groups));
    this.#settle = gather((batch: readonly Settlement[]) => store.settle(batch));
    const signal = this.#abort.signal;
    this.#attempt = {
      ...parts,
      book: new ProgressBook({ platform: parts.platform, clock, policy, counters, signal }),
      stage: gather((batch) => store.stage(batch)),
      signal,
      onAnswer: (answer) => this.#heard(answer),
      onTokenWanted: (user, reason) => soon(() => this.tokenWanted.emit({ user, reason })),
      resendWithoutReadback: parts.sabotage === "resend-without-readback",
    };
  }

  /** Opens the store, takes over what a dead process left, and starts delivering. */
  async open(): Promise<void> {
    const { store, clock, random, policy, logger } = this.#parts;
    const taken = await store.open(random.hex(8), clock.now(), policy.quietPeriodMs);
    if (taken.released + taken.inDoubt > 0) {
      logger.info({ ...taken }, "Took over what an earlier process had begun to send.");
    }
    this.#purgeNowAndThen();
    this.#scheduler.kick();
  }

  /** Rejects only when the store could not write. */
  async accept(firings: readonly Firing[]): Promise<readonly Acceptance[]> {
    this.#accepting += 1;
    try {
      const accepted = await this.#accept(firings);
      for (const firing of firings) this.#scheduler.due(firing.dueAt);
      return accepted;
    } finally {
      this.#accepting -= 1;
    }
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

  /** Everything due now; resolves when nothing is pending or in flight. */
  async flush(): Promise<void> {
    await this.#until((owed) => owed.pending + owed.inFlight === 0);
  }

  owed(): Promise<Owed> {
    return this.#parts.store.owed();
  }

  /** Delivers what it can until the deadline, gives back the rest, closes the store, says what is owed. */
  async close(timeoutMs: number): Promise<Owed> {
    const { store, clock } = this.#parts;
    const deadline = new AbortController();
    const timer = clock.after(timeoutMs, () =>
      deadline.abort(new QuestlineError("aborted", "The close deadline passed.")),
    );
    const done = this.#until((owed) => owed.pending + owed.inFlight + owed.inDoubt === 0, deadline.signal);
    await Promise.race([done.catch(() => undefined), aborted(deadline.signal)]);
    timer.cancel();
    deadline.abort();
    this.#abort.abort(new QuestlineError("closed", "Questline is closing."));
    await this.#scheduler.stop();
    this.#governor.close();
    const owed = await store.owed();
    this.#waiters.close();
    await store.close();
    return owed;
  }

  async #until(enough: (owed: Owed) => boolean, signal?: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    while (this.#accepting > 0) await new Promise<void>((resolve) => soon(resolve));
    await store.makeDue(clock.now());
    for (;;) {
      const seen = this.#scheduler.emptied;
      if (signal?.aborted === true || this.#scheduler.stopped || enough(await store.owed())) return;
      this.#scheduler.kick();
      await this.#scheduler.emptiedAfter(seen);
    }
  }

  async #write(groups: readonly (readonly Firing[])[]): Promise<readonly (readonly Acceptance[])[]> {
    const firings = groups.flat();
    if (this.#parts.sabotage === "ack-before-commit") return this.#pretendToWrite(groups, firings);
    const accepted = await this.#parts.store.accept(firings);
    let taken = 0;
    return groups.map((group) => accepted.slice(taken, (taken += group.length)));
  }

  #pretendToWrite(
    groups: readonly (readonly Firing[])[],
    firings: readonly Firing[],
  ): readonly (readonly Acceptance[])[] {
    this.#parts.clock.after(SABOTAGED_COMMIT_MS, () => {
      void this.#parts.store.accept(firings).then(
        () => this.#scheduler.kick(),
        () => undefined,
      );
    });
    return groups.map((group) => group.map(() => ({ status: "accepted", seq: 0, merged: false })));
  }

  async #run(lane: LeasedLane): Promise<void> {
    const conclusion = await attempt(lane, this.#attempt);
    if (conclusion === undefined) return;
    const now = this.#parts.clock.now();
    const held = await this.#settle({ lane: lane.id, leaseToken: lane.leaseToken, now, end: conclusion.end });
    if (held) this.#concluded(lane, conclusion, now);
  }

  #concluded(lane: LeasedLane, conclusion: Conclusion, at: number): void {
    const { counters, platform, logger } = this.#parts;
    const { end } = conclusion;
    if (end.type === "parked" && platform.hasToken(lane.key.user)) {
      void this.wake(lane.key.app, lane.key.user).catch((error: unknown) =>
        logger.error({ error: String(error) }, "A parked lane could not be woken; it waits for the next token."),
      );
    }
    if (end.type !== "settled" && end.type !== "dead") return;
    if (end.type === "dead") {
      counters.dead += 1;
      const { user, target } = lane.key;
      logger.error(
        { user, target: target.name, reason: end.reason, detail: end.detail },
        "A result was given up on; it is kept as a dead letter.",
      );
    } else if (end.how === "suppressed") counters.suppressed += 1;
    else counters.delivered += 1;
    const record: SendRecord = {
      fromSeq: lane.fromSeq,
      toSeq: lane.toSeq,
      how: end.type === "dead" ? "dead" : end.how,
      ...(end.type === "dead" ? { reason: end.reason } : {}),
      attempts: lane.attempts + 1,
      at,
    };
    this.#waiters.settled(laneId(lane.key), record);
    this.ended.emit({ lane, conclusion, at });
  }

  #heard(answer: { ok: boolean; appWide?: { reason: string; afterMs?: number } }): void {
    if (answer.appWide !== undefined) {
      const { reason, afterMs = APP_PAUSE_MS } = answer.appWide;
      if (this.#governor.paused === undefined) {
        this.#parts.logger.warn(
          { reason, retryInMs: afterMs },
          "The platform refuses the whole app for now; results wait.",
        );
      }
      this.#governor.pause(this.#parts.clock.now() + afterMs, reason);
    }
    this.#governor.answered(answer.ok);
  }

  #purgeNowAndThen(): void {
    const { store, clock, policy, logger } = this.#parts;
    const purge = async (): Promise<void> => {
      for (;;) {
        await store.purge(clock.now() - policy.retentionMs);
        await sleep(clock, PURGE_EVERY_MS, this.#abort.signal);
      }
    };
    purge().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) logger.error({ error: String(error) }, "Old once keys could not be dropped.");
    });
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true }),
  );
