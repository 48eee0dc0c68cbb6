import type { ChanceOptions, Fault, OracleSnapshot, SeedUser, Switches, WorldSnapshot } from "@questline/emulator";
import type { PlannedEvent } from "./plan/events.ts";

/** Orders of the parent to its processes and their answers, over Node's own channel. */
export type Question = { readonly ask: number; readonly order: string; readonly args: readonly unknown[] };
export type Answer = { readonly answer: number; readonly value?: unknown; readonly error?: string };
export type Ready = { readonly ready: unknown };

/** Named instants of a delivery, as the core announces them. */
export const killPoints = [
  "accept:before-commit",
  "accept:after-commit",
  "stage:before-commit",
  "stage:after-commit",
  "request:written",
  "answer:received",
  "settle:before-commit",
  "settle:after-commit",
  "checkpoint",
  "recovery",
] as const;
export type KillPoint = (typeof killPoints)[number];

/** What a process does to itself when it passes a point for the `nth` time. */
export interface Ambush {
  readonly point: KillPoint;
  readonly nth: number;
  readonly does: AmbushDeed;
}

/**
 * `kill` and `stop` the process; `hold` the thread for good, in which the point is passed; that thread alone `exit`s, or
 * `throw`s what nobody catches.
 */
export type AmbushDeed = "kill" | "stop" | "hold" | "exit" | "throw";

/** The life of one game process, decided before it begins. */
export interface LifePlan {
  readonly graphUrl: string;
  readonly app: { readonly id: string; readonly secret: string };
  readonly database: string;
  readonly quietMs: number;
  readonly leaseMs: number;
  readonly timeoutMs: number;
  readonly windowMs: number;
  readonly ambushes: readonly Ambush[];
  /** After so many ms of its life, wall time leaps by `byMs`. */
  readonly clockJumps: readonly { readonly afterMs: number; readonly byMs: number }[];
  /** Wall time is off by this from the beginning. */
  readonly wallOffsetMs?: number | undefined;
  /** Tells how much of the write-ahead log is on the disk. */
  readonly watchSyncs?: boolean;
  /** Keeps players' tokens across lives, encrypted; absent: they are given anew. */
  readonly tokenKey?: string;
  /** Defects of delivery and of the store, by the names the core gives them. */
  readonly sabotage?: string;
  readonly storeSabotage?: Readonly<Record<string, true>>;
}

export interface GameOrders {
  report(events: readonly PlannedEvent[]): void;
  /** A token that acts for the user; resolves once the game has verified it. */
  token(user: string, token: string): void;
  status(): GameStatus;
  /** Makes everything due now. */
  hurry(): void;
  tellCounts(): void;
  /** `fs.copyFile` of its own database, as a careless backup does. */
  copyFile(to: string): void;
  announced(users: readonly string[]): readonly AnnouncedUnlock[];
  close(): void;
}

export interface GameStatus {
  readonly owed: number;
  readonly dead: number;
}

export interface AnnouncedUnlock {
  readonly user: string;
  readonly achievement: string;
  readonly id: string;
}

/** Since the start of one game process. */
export interface GameCounts {
  readonly ambiguous: number;
  readonly applied: number;
  readonly notApplied: number;
  readonly foreign: number;
}

/** What a game process writes, synchronously, on the pipe that outlives it. */
export type Told =
  | { readonly t: "ack"; readonly key: string; readonly status: "accepted" | "duplicate" }
  | { readonly t: "refused"; readonly key: string; readonly reason: string }
  | { readonly t: "at"; readonly point: KillPoint; readonly does: AmbushDeed }
  | { readonly t: "leap"; readonly byMs: number }
  /** It could not open its file. */
  | { readonly t: "unopened"; readonly reason: string }
  | ({ readonly t: "counts" } & GameCounts)
  | { readonly t: "unlocked"; readonly user: string; readonly achievement: string }
  | { readonly t: "dead"; readonly user: string; readonly target: string; readonly reason: string }
  | { readonly t: "synced"; readonly bytes: number }
  | { readonly t: "token"; readonly user: string };

export interface EmulatorOrders {
  addUser(user: SeedUser): void;
  mintToken(user: string): string;
  revokeTokens(user: string): void;
  /** Somebody else writes as soon as the user's first write has lost its connection. */
  foreignAfterFirstWrite(user: string, achievement: string, count: number): void;
  /** What is delayed by at most `ms` takes effect as soon as the user's second write is there. */
  releaseAtSecondWrite(user: string, ms: number): void;
  behave(switches: Partial<Switches>): void;
  chance(options: ChanceOptions): string;
  fault(fault: Fault): string;
  removeFaults(ids: readonly string[]): void;
  clearFaults(): void;
  /** Requests that arrived after number `after`. */
  seen(after: number): SeenRequests;
  /** Of the requests that can change no more; with `last`, of all. */
  lateness(limitMs: number, last: boolean): Lateness;
  books(): { readonly world: WorldSnapshot; readonly oracle: OracleSnapshot };
}

/** How well the platform kept its side: how late effects came, and how far behind reads were. */
export interface Lateness {
  readonly worstMs: number;
  /** Requests beyond the limit. */
  readonly tooLate: number;
}

/** What became of a second process that wanted a file. */
export type Intrusion = { readonly opened: true } | { readonly opened: false; readonly reason: string };

export interface IntruderOrders {
  open(): Intrusion;
}

export interface SeenRequests {
  readonly last: number;
  readonly rows: readonly SeenRequest[];
}

export interface SeenRequest {
  readonly operation: string;
  readonly user?: string | undefined;
  /** It asks for `add_count`. */
  readonly counts: boolean;
  readonly fault?: string | undefined;
  /** Not answered yet. */
  readonly open: boolean;
}

/** What became of one value that two incarnations worked at. */
export interface TwoIncarnations {
  /** The first one's late end was taken, although the second held the lane by then. */
  readonly lateEndHeld: boolean;
  /** The second one's own end was taken. */
  readonly ownEndHeld: boolean;
}

export interface TwoIncarnationsOrders {
  play(sabotage: Readonly<Record<string, true>>): TwoIncarnations;
}
