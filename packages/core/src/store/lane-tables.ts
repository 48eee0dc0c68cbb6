import type { Sharing } from "./fair-queue.ts";
import type { Generations } from "./generations.ts";
import type { LaneRow } from "./lane-row.ts";
import type { DeadLetter, LaneFilter, LaneSnapshot, SendRecord, SetAside } from "./lane-records.ts";

/**
 * What the verbs need of a place that keeps rows. Calls are synchronous and see each other's effects; whoever calls a
 * verb makes one transaction of it. Verbs read and decide first and write last, and a write fails only as a whole.
 */
export interface LaneTables {
  lane(id: string): LaneRow | undefined;
  putLane(row: LaneRow): void;
  /** With its send records. */
  removeLane(id: string): void;
  countLanes(): number;
  /** Why nothing more may be accepted, in words; undefined while there is room. Ends and journals still fit. */
  whyFull(): string | undefined;
  /** Lanes due at `now`, shared out fairly; in each round the longest due first, equals by age of the lane. */
  dueLanes(limit: number, now: number, sharing?: Sharing): readonly LaneRow[];
  nextDue(): number | undefined;
  /** Lanes that are leased, staged, in doubt, parked, or due later than `now`. */
  waitingLanes(now: number): readonly LaneRow[];
  /** Lanes with a lease token. */
  heldLanes(): readonly LaneRow[];
  /** In the order of their ids. */
  parkedLanes(): readonly LaneRow[];
  /** Lanes in the order of their ids. */
  lanes(filter: LaneFilter): readonly LaneRow[];
  /** How many lanes are in a state, the idle ones left out. */
  countByState(): ReadonlyMap<LaneSnapshot["state"], number>;
  /** Lanes nobody would miss since `until` or longer (see `idleSince`), the longest idle first. */
  idleLanes(limit: number, until: number): readonly LaneRow[];
  /** An idle lane that is missed all the same is left alone until then. */
  postponeIdle(id: string, until: number): void;
  /** What the seqs and epochs of a new lane begin with: none that was forgotten had higher ones. */
  lanesFrom(): number;
  putLanesFrom(from: number): void;
  /** Where the tables get a number above every seq and epoch given so far. */
  useNumbers(next: () => number): void;

  /** What is stored with a once key; undefined where there is no such key. */
  firing(owner: string, match: string, firing: string): OnceEntry | Unreadable | undefined;
  /** Adds to what is stored for the owner's match. */
  putFirings(owner: string, match: string, firings: ReadonlyMap<string, OnceEntry>): void;
  occurrence(owner: string, occurrence: string): OnceEntry | undefined;
  putOccurrence(owner: string, occurrence: string, entry: OnceEntry): void;
  /** Everything stored for an owner, of one match or of all, in any order. */
  firings(owner: string, match?: string): Iterable<readonly [match: string, firing: string, OnceEntry]>;
  /** `match` is what the names of its occurrences begin with. */
  occurrences(owner: string, match?: string): Iterable<readonly [occurrence: string, OnceEntry]>;
  /** Everything stored for an owner. */
  removeFirings(owner: string): void;
  /** The record whose range holds `seq`. */
  sendRecord(lane: string, seq: number): SendRecord | undefined;
  putSendRecord(lane: string, record: SendRecord): void;
  generations(): Generations;
  putGenerations(generations: Generations): void;
  emptyGeneration(which: 0 | 1): void;

  deadLetter(id: number): DeadLetter | undefined;
  deadLetters(): readonly DeadLetter[];
  countDeadLetters(): number;
  hasDeadLetter(lane: string): boolean;
  addDeadLetter(letter: Omit<DeadLetter, "id">): void;
  removeDeadLetter(id: number): void;

  /** Rows that could not be read, oldest first. */
  setAside(): readonly SetAside[];
  countSetAside(): number;
  /** False if there is none. */
  dropSetAside(id: number): boolean;

  token(owner: string): string | undefined;
  putToken(owner: string, sealed: string, at: number): void;
  removeToken(owner: string): void;
  removeTokensBefore(at: number): void;

  /** A number that no earlier opening of these tables got; it rises. */
  nextOpening(): number;

  /** How long the store had lived when it was told last; undefined: never. */
  time(): number | undefined;
  putTime(at: number): void;
  /** As the last opening named it. */
  kernel(): string | undefined;
  putKernel(kernel: string | undefined): void;
}

/** Whether there is such a key, nobody can tell any more. */
export const UNREADABLE = "unreadable";
export type Unreadable = typeof UNREADABLE;

/** What stands beside a once key. */
export interface OnceEntry {
  /** "" where the firing had none. */
  readonly digest: string;
  /** The target part of the lane's id ("a" or "l", a newline, the name); "" where it is not known. */
  readonly target: string;
  readonly seq: number;
  readonly at: number;
  /** Rises with every firing accepted. */
  readonly order: number;
}
