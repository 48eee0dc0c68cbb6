import type { Generations } from "./generations.ts";
import type { LaneRow } from "./lane-row.ts";
import type { DeadLetter, LaneFilter, LaneSnapshot, SendRecord } from "./lane-store.ts";

/**
 * What the verbs need of a place that keeps rows. Calls are synchronous and see each other's effects; whoever calls a
 * verb makes one transaction of it. Verbs read and decide first and write last, and a write fails only as a whole.
 */
export interface LaneTables {
  lane(id: string): LaneRow | undefined;
  putLane(row: LaneRow): void;
  /** Lanes due at `now`, the longest due first, equals by age of the lane. */
  dueLanes(limit: number, now: number): readonly LaneRow[];
  nextDue(): number | undefined;
  /** Lanes that are leased, staged, in doubt, parked, or due later than `now`. */
  waitingLanes(now: number): readonly LaneRow[];
  /** Lanes in the order of their ids. */
  lanes(filter: LaneFilter): readonly LaneRow[];
  /** How many lanes are in a state, the idle ones left out. */
  countByState(): ReadonlyMap<LaneSnapshot["state"], number>;

  /** The digest stored with a once key ("" where the firing had none); undefined where there is no such key. */
  firing(match: string, firing: string): string | undefined;
  /** Adds to what is stored for the match. */
  putFirings(match: string, firings: ReadonlyMap<string, string>): void;
  occurrence(occurrence: string): string | undefined;
  putOccurrence(occurrence: string, digest: string): void;
  /** The record whose range holds `seq`. */
  sendRecord(lane: string, seq: number): SendRecord | undefined;
  putSendRecord(lane: string, record: SendRecord): void;
  generations(): Generations;
  putGenerations(generations: Generations): void;
  emptyGeneration(which: 0 | 1): void;

  deadLetter(id: number): DeadLetter | undefined;
  deadLetters(): readonly DeadLetter[];
  countDeadLetters(): number;
  addDeadLetter(letter: Omit<DeadLetter, "id">): void;
  removeDeadLetter(id: number): void;

  /** A number that no earlier opening of these tables got. */
  nextOpening(): number;
}
