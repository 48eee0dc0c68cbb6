import type { QuestlineError } from "../errors/questline-error.ts";
import type { Reason } from "../intent/outcome.ts";
import type { LaneKey } from "../intent/intent.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import type { OnceKey } from "../intent/once-key.ts";
import type {
  Announcement,
  AttemptRecord,
  DeadLetter,
  ExpiredLane,
  FiringFilter,
  LaneFilter,
  LaneSnapshot,
  Owed,
  Progress,
  RememberedFiring,
  SendRecord,
  SettledHow,
  TakenOver,
} from "./lane-records.ts";

/**
 * Where lanes live. Each verb is one transaction; what it resolved with survives the death of the process.
 *
 * A lane is *idle* (nothing pending), *pending* (due at `dueAt`, never before `notBefore`), *leased* (its pending value
 * moved in flight under a lease token), *staged* (its journal is durable, so a request may be on its way), *in doubt*
 * (staged, its request may have taken effect, unleased, due for a verdict) or *parked* (needs a user token nobody has).
 * Merges go to the pending value in every state. `stage` and `settle` refuse a token that is not the lane's current one.
 */
export interface LaneStore {
  /**
   * How long what is accepted, leased, staged or settled may wait for company, ms: where a transaction costs more than
   * what is in it. Absent: not at all.
   */
  readonly gatherMs?: number;
  /** Resolves when the store ends by itself and no verb can be carried out any more. Absent where that cannot happen. */
  readonly lost?: Promise<QuestlineError>;
  /**
   * Opens the store and takes over what other incarnations left: leased lanes go back to pending; staged lanes whose
   * value accumulates become in doubt, due at `now + quietMs`; other staged lanes go back to pending, not before
   * `now + quietMs` where the value is a score or bits, and remember `sentWhileLocked`; lanes in doubt are due
   * at `now + quietMs` too, their reads forgotten, since the wall clock may have changed. A lane whose lease died with its process for the `poisonAfter`th time in a row becomes a dead letter
   * with reason `poison` instead (`maybeApplied` where it was staged or in doubt). Called before anything else; called
   * again, another incarnation takes over. Throws `store_locked`, `store_newer` or `store_unusable`.
   */
  open(taking: Opening): Promise<TakenOver>;
  /**
   * Merges firings into their lanes and remembers their once keys: each report's firings all or none, all reports in one
   * transaction; answers in the order given. A report that needs a lane or room the store's limits do not have, or whose
   * firings are malformed, is refused alone.
   */
  accept(reports: readonly (readonly Firing[])[]): Promise<readonly ReportAcceptance[]>;
  /** Claims up to `limit` due lanes, the longest due first: pending ones with their whole value, and in-doubt ones. */
  lease(limit: number, now: number): Promise<readonly LeasedLane[]>;
  /**
   * Writes journals before requests leave; with an fsync. Answers, in order, whether the token still held; a lane in
   * doubt cannot be staged. A later epoch in the journal becomes the lane's.
   */
  stage(stagings: readonly Staging[]): Promise<readonly boolean[]>;
  /** Ends leases. Answers, in order, whether the token still held; a refused end changes nothing. */
  settle(settlements: readonly Settlement[]): Promise<readonly boolean[]>;
  /** Makes a user's parked lanes due at `now`; answers how many. */
  wake(app: string, user: string, now: number): Promise<number>;
  /** Makes every pending lane due at once, except where a backoff or quiet period forbids it. */
  makeDue(now: number): Promise<void>;
  /** When the next unleased lane is due (wall ms, may be past), or undefined. */
  nextDue(): Promise<number | undefined>;
  /** What is still owed, by kind. */
  owed(): Promise<Owed>;
  /** Parked lanes whose oldest intent is older than `before` (wall ms) become dead letters with reason `user-token`. */
  expireParked(before: number, now: number): Promise<readonly ExpiredLane[]>;
  /**
   * Nobody vouches any longer for what is known of a user's achievements: baselines go and epochs begin anew. Lanes with
   * an open journal keep theirs until it closes, then forget it whatever the end brings. Answers how many forgot at once.
   */
  forgetProgress(app: string, user: string): Promise<number>;
  /** What was announced to a user (by settling with `announce`) and not acknowledged yet, oldest first. */
  announcements(app: string, user: string): Promise<readonly Announcement[]>;
  /** Ends announcements by id; answers how many of them stood. */
  acknowledge(app: string, user: string, ids: readonly string[]): Promise<number>;
  /** Keeps a user's sealed token, replacing an older one; it is opaque here. */
  keepToken(app: string, user: string, sealed: string, now: number): Promise<void>;
  sealedToken(app: string, user: string): Promise<string | undefined>;
  dropToken(app: string, user: string): Promise<void>;
  /** The firings with a once key that are still remembered, by user and, if given, match; in the order of acceptance. */
  remembered(filter: FiringFilter): Promise<readonly RememberedFiring[]>;
  /** Lanes as they stand, for people and receipts. */
  inspect(filter?: LaneFilter): Promise<readonly LaneSnapshot[]>;
  /** How the send that covered `seq` of a lane ended; undefined while it is owed, or past the retention. */
  ended(lane: string, seq: number): Promise<SendRecord | undefined>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  /**
   * Merges a dead value back under what is pending, due at `now`, with a new seq. False if there is none with this id,
   * or if it is a forced score that a later settlement, or a forced one in flight, has overtaken: then it is discarded.
   */
  requeue(deadLetterId: number, now: number): Promise<boolean>;
  discard(deadLetterId: number): Promise<boolean>;
  /**
   * Drops once keys, send records and sealed tokens older than `before` (wall ms), never younger ones. They go in two
   * generations, each as a whole, so under regular purges with the same retention a row may stay up to twice as long.
   */
  purge(before: number): Promise<void>;
  close(): Promise<void>;
}

/** What a store can be asked to do. */
export type StoreVerb = Exclude<keyof LaneStore, "gatherMs" | "lost">;

/** Who opens a store, and how it treats what it finds. */
export interface Opening {
  readonly incarnation: string;
  readonly now: number;
  readonly quietMs: number;
  readonly poisonAfter: number;
}

/** One rule firing on its way into a lane. */
export interface Firing {
  readonly key: LaneKey;
  readonly value: LaneValue;
  /** Absent: always counts. */
  readonly once?: OnceKey;
  /** Short digest of the payload, to notice that a repeat says something else. */
  readonly digest?: string;
  /** Wall ms of the report. */
  readonly at: number;
  /** When it should be sent, wall ms. A lane is due at the earliest of its firings. */
  readonly dueAt: number;
}

export type ReportAcceptance =
  | { readonly status: "taken"; readonly firings: readonly Acceptance[] }
  /**
   * `full`: a limit of the store is reached. `malformed`: `detail` says what is wrong. Nothing of the report was kept.
   * `unanswered`: the store's thread ended before it answered; nobody knows whether the report was kept.
   */
  | { readonly status: "refused"; readonly reason: "full" | "malformed" | "unanswered"; readonly detail: string };

export type Acceptance =
  /** `merged`: folded into a value that was pending already. */
  | { readonly status: "accepted"; readonly seq: number; readonly merged: boolean }
  | { readonly status: "duplicate"; readonly digestDiffers: boolean };

/** Written before a request leaves. */
export interface Journal {
  /** What is being added; 0n where nothing accumulates. */
  readonly n: bigint;
  /** The platform's count before. */
  readonly count: bigint;
  readonly wasLocked: boolean;
  readonly epoch: number;
  /** Verdict reads that found the count unchanged so far. */
  readonly unchangedReads: number;
  /** When the lane became in doubt, wall ms; absent before. */
  readonly inDoubtSince?: number;
}

export interface LeasedLane {
  readonly id: string;
  readonly key: LaneKey;
  readonly leaseToken: string;
  readonly value: LaneValue;
  /** The seqs `value` covers, both ends included. */
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Failed attempts since the last settlement. */
  readonly attempts: number;
  /** When the oldest intent of `value` was accepted, wall ms. */
  readonly oldestAt: number;
  readonly progress?: Progress;
  /** Present: the lane is in doubt and wants a verdict. */
  readonly journal?: Journal;
  /** When its last send ended, settled or dead, wall ms. */
  readonly settledAt?: number;
  /** An earlier replay-safe send of this value may have taken effect; for an achievement, one that was locked before it. */
  readonly sentWhileLocked: boolean;
  readonly epoch: number;
}

export interface Staging {
  readonly lane: string;
  readonly leaseToken: string;
  readonly journal: Journal;
  /** The baseline the journal stands on. */
  readonly progress?: Progress;
}

export interface Settlement {
  readonly lane: string;
  readonly leaseToken: string;
  readonly now: number;
  readonly end: LaneEnd;
  /** What the try that ends here was like; kept with the lane until its value is final (the last 20 of them). */
  readonly attempt?: AttemptRecord;
}

export type LaneEnd =
  /** Final. `progress` replaces the lane's baseline (undefined leaves it). */
  | {
      readonly type: "settled";
      readonly how: SettledHow;
      readonly progress?: Progress;
      /** We unlocked it: announced to the player, once per epoch, in this very transaction. */
      readonly announce?: boolean;
      /** Begins a new epoch, before anything is announced: progress was reset, so without `progress` no baseline stays. */
      readonly newEpoch?: boolean;
    }
  /** Back to pending, merged under newer intents; the journal is closed. */
  | {
      readonly type: "released";
      readonly reason: Reason;
      readonly notBefore: number;
      /** False where the attempt says nothing about this lane (app-wide refusals, a lost wait). */
      readonly failedAttempt: boolean;
      readonly sentWhileLocked?: boolean;
      readonly progress?: Progress;
      readonly newEpoch?: boolean;
    }
  /** Journal stays open, nothing is sent; due again at `dueAt` for a verdict. */
  | { readonly type: "in-doubt"; readonly journal: Journal; readonly dueAt: number }
  /** Back to pending, until `wake`. */
  | { readonly type: "parked" }
  /** Taken out of the lane into a dead letter. `forgetProgress` drops the baseline, which nobody can vouch for. */
  | {
      readonly type: "dead";
      readonly reason: Reason;
      readonly detail?: string;
      readonly maybeApplied: boolean;
      readonly progress?: Progress;
      readonly forgetProgress?: boolean;
      readonly newEpoch?: boolean;
    };
