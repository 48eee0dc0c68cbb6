import type { Achievements, Leaderboards } from "./catalogue/definitions.ts";
import type { Events, OccurrenceOf, PayloadOf } from "./catalogue/events.ts";
import type { QuestlineError } from "./errors/questline-error.ts";
import type { GraphCalls } from "./graph/graph-client.ts";
import type { ProofOrigin } from "./identity/identity.ts";
import type { VoucherTerms } from "./identity/vouchers.ts";
import type { VerifiedUser } from "./identity/verified-user.ts";
import type { Explanation } from "./rules/explain.ts";
import type { LaneTarget } from "./intent/intent.ts";
import type {
  Announcement,
  AttemptRecord,
  DeadLetter,
  LaneFilter,
  LaneSnapshot,
  SetAside,
} from "./store/lane-records.ts";
import type { Reason } from "./intent/outcome.ts";
import type { Throttle } from "./resilience/governor.ts";

/** Turns match events into delivered achievements and scores. One per process and app. */
export interface Questline<
  E extends Events = Events,
  A extends Achievements = Achievements,
  L extends Leaderboards = Leaderboards,
> extends AsyncDisposable {
  /** The app's id. */
  readonly appId: string;
  readonly events: E;
  readonly achievements: A;
  readonly leaderboards: L;
  /**
   * The platform's own calls, with this app's credentials. What is written here bypasses the outbox: use it for no count
   * that rules also raise. `achievements.write` and `achievements.removeAll` begin a new epoch for their player: what was
   * known is read anew, and that player's achievements wait until the change has come.
   */
  readonly graph: GraphCalls;
  /**
   * Resolves when the store is open and what a dead process left is taken over: later, where another process holds its file
   * or something else is in the way that may pass (`health().problem`). Rejects when it can never be opened, and when
   * Questline is closed before.
   */
  readonly ready: Promise<void>;
  /**
   * Resolves once Questline cannot go on for good, with the reason: the store cannot be opened, or the thread that keeps
   * results has ended too often. Never rejects, and stays pending otherwise. What was accepted is in the file; restart the process.
   */
  readonly failed: Promise<QuestlineError>;
  /** How Questline stands, for health checks. */
  health(): Health;
  /** A match by its id: minted once per played match, never a counter that can restart. */
  match(id: string): Match<E>;
  /** A new match id: `<prefix>:<start, wall ms>:<random>`. */
  newMatchId(prefix: string): string;
  /** Which rules fire for this payload and which do not, and why. Sends nothing. */
  explain<K extends keyof E & string>(event: K, payload: PayloadOf<E[K]>): Explanation;
  readonly users: Users;
  /** Every settled or dead outcome, in order of settlement. Returns the way to stop listening. */
  onOutcome(listener: (outcome: SettledOutcome) => void): () => void;
  /** A user's token was refused, or one is needed that nobody has. Returns the way to stop listening. */
  onTokenWanted(listener: (wanted: TokenWanted) => void): () => void;
  /** Makes everything due and resolves when no lane is pending or in flight (in doubt, parked and dead remain owed). */
  flush(): Promise<void>;
  /** What is owed now. */
  owed(): Promise<Debts>;
  /** Counts since the start of the process. */
  stats(): Stats;
  /** How many requests deliveries may have under way, and why they are held back, if they are. */
  throttle(): Throttle<Reason>;
  /**
   * Compares the catalogue with the platform's definitions; resolves with what does not fit, and with why something could
   * not be compared, within `timeoutMs`. Throws `aborted` by the signal, `closed`, `bad_input`.
   */
  check(options?: CheckOptions): Promise<readonly CheckFinding[]>;
  /** Lanes in the store; a `user` is one of this app unless `app` says otherwise. */
  inspect(filter?: LaneFilter): Promise<readonly LaneSnapshot[]>;
  readonly deadLetters: DeadLetters;
  readonly setAside: SetAsideRows;
  /**
   * What became of a player's reports, of one match or of all that are remembered: which rules fired, how each ended or
   * why it waits, tries, the platform's last answer. Reports without a once key (an `each` event without an id) are not
   * told apart and do not show.
   */
  receipts(filter: { readonly userId: string; readonly matchId?: string }): Promise<readonly ReceiptRecord[]>;
  /** Unlocks of a player that were announced and not acknowledged, oldest first. */
  announcements(userId: string): Promise<readonly Announcement[]>;
  /** The player has seen these; answers how many of them stood. */
  acknowledge(userId: string, ids: readonly string[]): Promise<number>;
  /** Reads a player's progress ahead of the first result; verifying a player does it, too. */
  prefetch(userId: string): Promise<void>;
  /** Call it when a player's progress was reset or written elsewhere: what is known is read anew. Answers how many targets. */
  forgetProgress(userId: string): Promise<number>;
  /**
   * Copies the store as it stands into a new file, while results go on being taken; deliveries pause for as long as it takes.
   * Do not copy the file yourself: part of it is in its log. Throws `bad_input` for a path that exists, is the store's own
   * or has no directory, and for `memoryStore`.
   */
  backup(path: string): Promise<void>;
  /**
   * Accepts no more, delivers what it can within `timeoutMs` (default 5000), closes everything, says what is owed. Never
   * rejects: where the store cannot be asked, `problem` says so.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<Debts>;
}

export interface Match<E extends Events> {
  readonly id: string;
  /** Never throws, never blocks; a misuse is logged, counted and shows in the receipt. */
  report<K extends keyof E & string>(
    userId: string,
    event: K,
    payload: PayloadOf<E[K]>,
    ...more: OccurrenceOf<E[K]>
  ): Receipt;
}

/** What became of a report. Its promises never reject and are made on first access. */
export interface Receipt {
  /** Accepted results survive the death of the process. A duplicate had every rule accepted before. */
  readonly durable: Promise<Durable>;
  /** One per rule that fired, when all of them are final; the process stays until then, or until `close`. */
  readonly settled: Promise<readonly RuleResult[]>;
}

export type Durable =
  | { readonly status: "accepted" | "duplicate" }
  | { readonly status: "refused"; readonly reason: string };

export interface RuleResult {
  readonly rule: string;
  readonly target: string;
  /**
   * `refused`: the rule asked for something impossible, as `detail` says. `owed`: Questline was closed, or failed, before it
   * was final.
   * `forgotten`: it ended longer ago than `delivery.retentionMs`, and how is no longer kept.
   */
  readonly status: "delivered" | "suppressed" | "duplicate" | "dead" | "refused" | "owed" | "forgotten";
  readonly reason?: Reason;
  readonly detail?: string;
}

/** Who players are, and the tokens that act for them (in memory only). */
export interface Users {
  /**
   * `GET /me` with the token, then the user read with the app token. `from` tells clients apart, best by their address, so
   * that one of them cannot use up what there is for all. Throws `identity_refused`, `identity_busy`, `bad_input` or a
   * `GraphError`.
   */
  verifyToken(token: string, origin?: ProofOrigin): Promise<VerifiedUser>;
  /** Checks a single-use proof; never sent twice. Throws as `verifyToken`, or `ambiguous`. */
  verifyNonce(userId: string, nonce: string, origin?: ProofOrigin): Promise<VerifiedUser>;
  /** Verifies a fresh token as belonging to `userId` and lets that player's waiting lanes go on. Throws as `verifyToken`. */
  provideToken(userId: string, token: string): Promise<VerifiedUser>;
  /**
   * Text that tells another process of the same app who a verified player is, good for `goodForMs` (default an hour), and
   * with `about` only beside that. It holds no secret; whoever shows it is taken for that player, so it is not for other players' eyes. Throws `bad_input`.
   */
  vouch(user: VerifiedUser | { readonly id: string; readonly alias?: string }, terms?: VoucherTerms): Promise<string>;
  /**
   * Deletes all that is kept of a player: lanes, once keys, receipts, announcements, tokens, dead letters, rows set aside, and
   * what listeners keep, such as streaks. What the player reported before counts again if it is reported again. Throws
   * `still_owed` while something is owed, unless `owedToo`, or is being sent just now; `bad_input` for a wrong user id.
   */
  forget(userId: string, options?: { readonly owedToo?: boolean }): Promise<void>;
  /** Hears of each player who is forgotten; `forget` waits for it, and rejects with its failure. Returns the way to stop. */
  onForget(listener: (userId: string) => unknown): () => void;
  /** The player a voucher names; undefined for anything that was not vouched for by this app, was changed or is over. */
  vouched(voucher: unknown, about?: string): Promise<VerifiedUser | undefined>;
}

/** Results that were given up on, kept for a person. */
export interface DeadLetters {
  /** All, or those of one player or reason, oldest first, each with its tries. */
  list(filter?: { readonly userId?: string; readonly reason?: Reason }): Promise<readonly DeadLetter[]>;
  show(id: number): Promise<DeadLetter | undefined>;
  /**
   * Sends it after all, merged under what is newer; false if there is none, or a newer score has overtaken it: a forced
   * one any score, any one a forced score. Throws `bad_input` for a count that may have been applied (`maybeApplied`)
   * unless `{ maybeApplied: "send-again" }` says so; sending anything else again does no harm.
   */
  requeue(id: number, options?: { readonly maybeApplied?: "send-again" }): Promise<boolean>;
  discard(id: number): Promise<boolean>;
}

/** What the store could not read, kept as it stood, for a person; everything else goes on without it. */
export interface SetAsideRows {
  /** All, or those of one player, oldest first. */
  list(filter?: { readonly userId?: string }): Promise<readonly SetAside[]>;
  /**
   * You have dealt with it; false if there is none. Of a `match`: reports of that match and player are taken from here
   * on, and count again where they counted before.
   */
  discard(id: number): Promise<boolean>;
}

/** What became of one rule firing. */
export interface ReceiptRecord {
  readonly matchId: string;
  readonly event: string;
  /** Empty for an event that happens once per match. */
  readonly occurrence: string;
  readonly rule: string;
  readonly target: LaneTarget;
  /** When it was reported, wall ms. */
  readonly reportedAt: number;
  /**
   * `forgotten`: it ended longer ago than `delivery.retentionMs`, and how is no longer kept. `unknown`: how it ended could
   * not be read any more.
   */
  readonly status: "delivered" | "suppressed" | "dead" | "discarded" | "forgotten" | "unknown" | "waiting";
  /** Where a waiting result stands. */
  readonly waiting?: LaneSnapshot["state"];
  readonly reason?: Reason;
  /** Tries so far. */
  readonly attempts: number;
  /** The last of them, with the platform's answer in words. */
  readonly last?: AttemptRecord;
  /** When it ended, wall ms. */
  readonly endedAt?: number;
  /** Of a suppressed one: how old the knowledge was that the achievement is unlocked, ms. */
  readonly factAgeMs?: number;
}

export interface SettledOutcome {
  /** Unique for the user, and stable: an unlock's is the id of its announcement. */
  readonly id: string;
  readonly userId: string;
  readonly target: { readonly type: "achievement" | "leaderboard"; readonly name: string };
  readonly status: "delivered" | "suppressed" | "dead";
  /** This delivery unlocked the achievement. */
  readonly unlocked: boolean;
  /** For scores: the value sent, and whether it replaced what stood there. */
  readonly score?: bigint;
  readonly improved?: true | false | "unknown";
  /** For what a count or bitfield was sent: what the counter came to, or the bits sent (`0`/`1` text, position 0 first). */
  readonly progress?: { readonly count: bigint } | { readonly bits: string };
  readonly reason?: Reason;
  /** Of a suppressed one: how old the knowledge was that the achievement is unlocked, ms. */
  readonly factAgeMs?: number;
  /** Wall ms. */
  readonly at: number;
}

export interface TokenWanted {
  readonly userId: string;
  readonly reason: "refused" | "missing";
}

/** Lanes still owed, by kind; `dead` and `setAside` wait for a person. */
export interface Debts {
  readonly pending: number;
  readonly inFlight: number;
  readonly inDoubt: number;
  readonly parked: number;
  readonly dead: number;
  /** Rows of the store that could not be read. */
  readonly setAside: number;
  /** pending + inFlight + inDoubt + parked. */
  readonly owed: number;
  /** Only from `close`: the store could not be asked, for this reason; the numbers are what was known last, 0 if nothing was. */
  readonly problem?: string;
}

export interface Health {
  /**
   * `opening`: the store is being opened. `waiting`: it cannot be yet, as `problem` says; that is tried until it can, and
   * reports wait in memory, up to `delivery.maxQueued`. `restarting`: the thread that keeps and delivers results ended by itself and is
   * started again; reports wait for it. `failed`: for good, as `failed` says. `closed`: by `close`; or, as `problem` says, since the newer
   * one that took the file over was closed.
   */
  readonly status: "opening" | "waiting" | "running" | "restarting" | "failed" | "closed";
  /** How often the thread that keeps and delivers results was started again. */
  readonly restarts: number;
  /** Why it has failed. */
  readonly error?: QuestlineError;
  /** What keeps results from being kept at the moment, and what to do: the store's file is held, was moved, has no room. */
  readonly problem?: string;
  /** Since when, wall ms. */
  readonly since?: number;
  /** Who holds the store's file, where that is the problem and known: `process 4711 on "game-1"`. */
  readonly holder?: string;
}

export interface Stats {
  /** Reports taken. */
  readonly events: number;
  /** Rule firings accepted. */
  readonly intents: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Firings folded into a value that was pending already. */
  readonly merged: number;
  /** Lane values settled without a request, since the achievement is known to be unlocked. */
  readonly suppressed: number;
  /** Lane values delivered, and by verdict after an ambiguous end. */
  readonly delivered: number;
  readonly dead: number;
  /** Write attempts started and finished. */
  readonly attemptsStarted: number;
  readonly attemptsFinished: number;
  readonly ambiguous: number;
  readonly verdictsApplied: number;
  readonly verdictsNotApplied: number;
  readonly verdictsForeign: number;
  /** Progress reads sent. */
  readonly reads: number;
}

export interface CheckOptions {
  /** For all of it, ms. Default 15 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What does not fit; stable, so that a deployment can let some of them pass. */
export type CheckCode =
  /** The platform refuses the app token. */
  | "wrong-secret"
  /** The host is unknown, or nothing answered in time. */
  | "no-answer"
  | "platform-unavailable"
  | "rate-limited"
  | "missing-permission"
  /** What came back is not the platform's: another host, a proxy, a portal. */
  | "unreadable-answer"
  /** The platform refused to be read, for another reason. */
  | "refused"
  | "unknown-achievement"
  | "unknown-leaderboard"
  | "type-differs"
  | "archived"
  | "target-differs"
  | "length-differs"
  | "order-differs"
  /** Its write policy is the client's (the dashboard's default): it may refuse what this server writes. */
  | "client-writes"
  /** A board that is to be written with players' tokens, and takes the app's only. */
  | "server-writes";

export interface CheckFinding {
  readonly code: CheckCode;
  /** A name of the catalogue; `app` where the platform could not be read. */
  readonly target: string;
  /** In words, with what to do. */
  readonly problem: string;
}
