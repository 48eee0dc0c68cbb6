import type { LaneKey, LaneTarget } from "../intent/intent.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import type { OnceKey } from "../intent/once-key.ts";
import type { Reason } from "../intent/outcome.ts";

/** What the platform said of an achievement, as of `at` (wall ms, when the read was sent or the send settled). */
export interface Progress {
  readonly count: bigint;
  readonly unlocked: boolean;
  readonly at: number;
}

/** `verdict`: settled by a progress read after an ambiguous end. `suppressed`: known to be unlocked, no request. */
export type SettledHow = "delivered" | "verdict" | "suppressed";

export interface SendRecord {
  readonly fromSeq: number;
  readonly toSeq: number;
  /**
   * `requeued`: dead once, then sent after all as `requeuedAs`. `forgotten`: it ended, past the retention. `unknown`: what
   * was written down of its end could not be read.
   */
  readonly how: SettledHow | "dead" | "discarded" | "requeued" | "forgotten" | "unknown";
  readonly reason?: Reason;
  /** Tries it took, the last one included; a suppressed end adds none. */
  readonly attempts: number;
  /** Wall ms; 0 where it is forgotten. */
  readonly at: number;
  /** The lane's seq as which a dead value was requeued. */
  readonly requeuedAs?: number;
  /** How old the knowledge was that made a request unnecessary, ms. */
  readonly factAgeMs?: number;
  /** The last try, with what the platform answered. */
  readonly last?: AttemptRecord;
}

/** One try at a lane's value. */
export interface AttemptRecord {
  /** Wall ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: "delivered" | "retryable" | "rejected" | "ambiguous" | "verdict";
  readonly reason?: Reason;
  /** In words, such as the platform's answer; never with a secret. */
  readonly detail?: string;
}

export interface DeadLetter {
  readonly id: number;
  readonly key: LaneKey;
  readonly value: LaneValue;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly reason: Reason;
  readonly detail?: string;
  readonly maybeApplied: boolean;
  /** The seq as which the latest of it was reported, where it was requeued since; else `toSeq`. */
  readonly order?: number;
  /** The same of its forced score, where better ones were reported after that. */
  readonly forcedOrder?: number;
  readonly attempts: number;
  /** The last tries (20 at most), oldest first. */
  readonly history: readonly AttemptRecord[];
  readonly at: number;
}

/** A row of the store that could not be read, as it stood: kept for a person, while everything else goes on. */
export interface SetAside {
  readonly id: number;
  /**
   * `lane`: what a player was owed for one target. `match`, `occurrence`: the identities of what counted already.
   * `send-record`: how a result ended. `store`: the store's own notes.
   */
  readonly what: "lane" | "dead-letter" | "send-record" | "match" | "occurrence" | "store";
  /** Whose it was, as far as its name can be read. */
  readonly app?: string;
  readonly user?: string;
  readonly target?: LaneTarget;
  readonly match?: string;
  /** What is wrong with it. */
  readonly why: string;
  readonly text: string;
  /** When it was set aside, wall ms. */
  readonly at: number;
}

/** An unlock of ours that the player has not acknowledged. */
export interface Announcement {
  /** `<achievement>:<epoch>`: stable, so that a client can drop a repeat. */
  readonly id: string;
  readonly achievement: string;
  readonly at: number;
}

/** A lane whose value became a dead letter without a settlement: poison, or parked for too long. */
export interface ExpiredLane {
  readonly lane: string;
  readonly key: LaneKey;
  readonly record: SendRecord;
}

export interface FiringFilter {
  readonly app: string;
  readonly user: string;
  readonly match?: string;
}

/** A firing that was accepted under a once key, and where it went. */
export interface RememberedFiring {
  readonly once: OnceKey;
  readonly lane: string;
  readonly seq: number;
  readonly at: number;
}

/** Lanes by state; a lane with a pending value beside one in flight counts once, by what is in flight. */
export interface Owed {
  readonly pending: number;
  readonly inFlight: number;
  readonly inDoubt: number;
  readonly parked: number;
  readonly dead: number;
  /** Rows that could not be read. */
  readonly setAside: number;
}

export interface LaneFilter {
  readonly app?: string;
  readonly user?: string;
  /** Without the idle ones: lanes with something that is not final. */
  readonly waiting?: true;
}

export interface LaneSnapshot {
  readonly id: string;
  readonly key: LaneKey;
  readonly state: "idle" | "pending" | "leased" | "staged" | "in-doubt" | "parked";
  readonly pending?: LaneValue;
  readonly inFlight?: LaneValue;
  readonly seq: number;
  readonly settledThrough: number;
  readonly attempts: number;
  /** The last reason for waiting. */
  readonly reason?: Reason;
  readonly dueAt?: number;
  readonly progress?: Progress;
  /** Tries of the value that is not final yet (20 at most), oldest first. */
  readonly history: readonly AttemptRecord[];
  /** Staged attempts in a row that died with their process. */
  readonly lostLeases: number;
}

export interface TakenOver {
  readonly released: number;
  readonly inDoubt: number;
  readonly poisoned: number;
  /** The poisoned ones, by lane. */
  readonly ended: readonly ExpiredLane[];
  /** The kernel and network that the last process sent from, as it named them. */
  readonly kernel?: string;
}

/** What stands in the way of forgetting a user, or what was forgotten. */
export interface ForgottenUser {
  readonly forgotten: boolean;
  /** Lanes with something owed, and dead letters. */
  readonly owed: number;
  /** Of these, lanes that are being sent just now. */
  readonly inFlight: number;
}
