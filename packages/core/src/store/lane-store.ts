import type { QuestlineError } from "../errors/questline-error.ts";
import type { Reason } from "../intent/outcome.ts";
import type { LaneKey } from "../intent/intent.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import type { OnceKey } from "../intent/once-key.ts";
import type { Sharing } from "./fair-queue.ts";
import type {
  Announcement,
  AttemptRecord,
  DeadLetter,
  ExpiredLane,
  FiringFilter,
  ForgottenUser,
  LaneFilter,
  LaneSnapshot,
  Owed,
  Progress,
  RememberedFiring,
  SendRecord,
  SetAside,
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
   * Whoever wants to hear of rows that could not be read and were set aside, once that is durable; may be called while
   * the store is opening. Absent: no row can be damaged. Must not throw.
   */
  readonly onSetAside?: (hear: (rows: readonly SetAside[]) => void) => void;
  /**
   * Opens the store and takes over what other incarnations left: leased lanes go back to pending, as if they had never
   * been leased; staged lanes whose value accumulates become in doubt, due at `now + quietMs`; other staged lanes go back
   * to pending, remember `sentWhileLocked`, and are in the air until `now + quietMs`; lanes in doubt stay due as they
   * were. A lane whose staged attempt died with its process for the `poisonAfter`th time in a row becomes a dead letter
   * with reason `poison` instead, a count only after its verdict. Times go on where the store's last process left them:
   * what happened between, whatever the wall clock says, makes nothing older or due. Called before anything else; called
   * again, another incarnation takes over. Throws `store_locked`, `store_newer` or `store_unusable`.
   */
  open(taking: Opening): Promise<TakenOver>;
  /**
   * Nothing of the dead process is on its way any more: what this opening took over waits `quietMs` from then, where that
   * is shorter. Answers how many lanes.
   */
  shortenQuiet(quietMs: number): Promise<number>;
  /**
   * Merges firings into their lanes and remembers their once keys: each report's firings all or none, all reports in one
   * transaction; answers in the order given. A report that needs a lane or room the store's limits do not have, whose
   * firings are malformed, or of which nobody can tell whether it counted before, is refused alone.
   */
  accept(reports: readonly (readonly Firing[])[]): Promise<readonly ReportAcceptance[]>;
  /**
   * Claims up to `limit` due lanes, the longest due first: pending ones with their whole value, and in-doubt ones. With
   * `sharing` it is fair between players: first up to `share` lanes of each, those they have out counted; then, where
   * room is left, as many more of each, and so on. A lane whose attempts died with their process before is claimed alone
   * (`LeasedLane.alone`): where it comes first, and only if nobody has anything out; else those before it are claimed.
   */
  lease(limit: number, now: number, sharing?: Sharing): Promise<readonly LeasedLane[]>;
  /**
   * Writes journals before requests leave; with an fsync. Answers, in order, whether the token still held; a lane in
   * doubt cannot be staged, nor one whose progress was forgotten since it was leased. A later epoch in the journal becomes
   * the lane's.
   */
  stage(stagings: readonly Staging[]): Promise<readonly boolean[]>;
  /** Ends leases. Answers, in order, whether the token still held; a refused end changes nothing. */
  settle(settlements: readonly Settlement[]): Promise<readonly boolean[]>;
  /**
   * Gives back every lease of this incarnation, whose holder stops: what was never staged as if it had not been leased,
   * staged counts in doubt and other staged values in the air until `now + quietMs`. Answers how many.
   */
  handBack(now: number, quietMs: number): Promise<number>;
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
   * Nobody vouches any longer for what is known of a user's achievements: baselines go and epochs begin anew, and nothing
   * of them leaves before `heldUntil` (wall ms; a later call replaces it). Lanes with an open journal keep their baseline
   * until it closes, then forget it whatever the end brings. Answers how many forgot at once.
   */
  forgetProgress(app: string, user: string, heldUntil?: number): Promise<number>;
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
  /** How the send that covered `seq` of a lane ended, `forgotten` past the retention; undefined while it is owed. */
  ended(lane: string, seq: number): Promise<SendRecord | undefined>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  /**
   * Merges a dead value back under what is pending, due at `now`, with a new seq, which the record of its old ones names.
   * False if there is none with this id, or if it is a score that a newer forced one, or a forced score that any newer
   * one has overtaken: then it is discarded.
   */
  requeue(deadLetterId: number, now: number): Promise<boolean>;
  discard(deadLetterId: number): Promise<boolean>;
  /** Rows that could not be read, oldest first. */
  setAside(): Promise<readonly SetAside[]>;
  /**
   * A person has dealt with it. Of a match's identities: what is reported of that match counts from here on, again if it
   * counted before. False if there is none with this id.
   */
  dropSetAside(id: number): Promise<boolean>;
  /**
   * Removes everything that names a user: lanes, once keys, send records, dead letters, announcements, token, rows set
   * aside; a store in a file keeps no copy of them either. Not while something is owed, unless `owedToo`, and never while
   * something is being sent; then nothing changes. Called again, it does what an earlier call could not end.
   */
  forgetUser(app: string, user: string, owedToo: boolean): Promise<ForgottenUser>;
  /**
   * Drops once keys, send records and sealed tokens older than `before` (wall ms), never younger ones. They go in two
   * generations, each as a whole, so under regular purges with the same retention a row may stay up to twice as long.
   * With them, some at a time, go lanes that were idle since before then: nothing owed, nothing to announce, no dead
   * letter. A lane that comes back begins with seqs and an epoch that no forgotten one had. Answers how many lanes were
   * looked at: 0 when none is left.
   */
  purge(before: number): Promise<number>;
  /**
   * Writes all it holds into a new file at `path`, from which a store can be opened; complete and on the disk when it
   * resolves, absent when it rejects. Throws `bad_input` for a path that exists, is none or is the store's own, and where
   * there is no file to copy; `store_unusable` when it cannot be written.
   */
  backup(path: string): Promise<void>;
  /**
   * Looks whether what it keeps is still where it was opened, and nobody else's. Throws `store_unusable` or `store_locked`,
   * as every verb that writes then does.
   */
  stands(): Promise<void>;
  close(): Promise<void>;
}

/** What a store can be asked to do. */
export type StoreVerb = Exclude<keyof LaneStore, "gatherMs" | "onSetAside" | "lost">;

/** Who opens a store, and how it treats what it finds. */
export interface Opening {
  readonly incarnation: string;
  readonly now: number;
  /** How long what a dead process may have sent can still take effect, ms from now. */
  readonly quietMs: number;
  /** Names the kernel and network that this process sends from; kept for the next opening. */
  readonly kernel?: string | undefined;
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
   * `full`: a limit of the store is reached. `malformed`: `detail` says what is wrong. `unreadable`: what would tell
   * whether it counted before cannot be read. Nothing of the report was kept. `unanswered`: the store's thread ended before
   * it answered; nobody knows whether the report was kept.
   */
  | {
      readonly status: "refused";
      readonly reason: "full" | "malformed" | "unreadable" | "unanswered";
      readonly detail: string;
    };

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
  /** Verdict reads in a row that failed; absent: none. */
  readonly failedReads?: number;
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
  /** Staged attempts in a row that died with their process. */
  readonly lostLeases: number;
  /** Nothing else may be out while it is. */
  readonly alone: boolean;
  /** Progress was reset, or may have been, since its journal was written: what is read proves less. */
  readonly forgetsAtEnd: boolean;
  /** Present: until then something may still change what the platform has of this lane, wall ms. */
  readonly inTheAirUntil?: number;
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
      /** The request may still take effect until then, wall ms; only of replay-safe values. */
      readonly inTheAirUntil?: number;
      readonly progress?: Progress;
      readonly newEpoch?: boolean;
    }
  /** Journal stays open, nothing is sent; due again at `dueAt` for a verdict. */
  | { readonly type: "in-doubt"; readonly journal: Journal; readonly dueAt: number }
  /** Back to pending, until `wake`. */
  | { readonly type: "parked" }
  /**
   * Its holder does not know what became of it: not staged, it goes back, not before `notBefore`; staged, a count is in
   * doubt and anything else in the air until `quietUntil` (wall ms).
   */
  | { readonly type: "abandoned"; readonly notBefore: number; readonly quietUntil: number }
  /** Taken out of the lane into a dead letter. `forgetProgress` drops the baseline, which nobody can vouch for. */
  | {
      readonly type: "dead";
      readonly reason: Reason;
      readonly detail?: string;
      readonly maybeApplied: boolean;
      /** Its last request may still take effect until then, wall ms. */
      readonly inTheAirUntil?: number;
      /** We unlocked it all the same: announced as for `settled`. */
      readonly announce?: boolean;
      readonly progress?: Progress;
      readonly forgetProgress?: boolean;
      readonly newEpoch?: boolean;
    };
