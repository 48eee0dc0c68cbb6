/** What the measured game server does for the parent. */
export interface ServerOrders {
  /** Plays this many matches in every room, one after another; resolves when the last has ended. */
  play(matches: number, everyMs: number): void;
  /** Forgets the patch intervals seen so far. */
  forgetIntervals(): void;
  intervals(): Intervals;
  /** Delivers what is owed, for fifteen seconds at most. */
  deliver(): void;
  /** Delivers what is owed and collects garbage first. */
  memory(): Memory;
  /** Events reported to Questline. */
  reported(): number;
  close(): void;
}

export interface Memory {
  /** Heap and array buffers of the rooms' thread, bytes. */
  readonly heap: number;
  /** The whole process, bytes. */
  readonly resident: number;
}

/** How far patch intervals are from the patch rate: how many, by bucket of an `IntervalBook`. */
export interface Intervals {
  readonly counts: readonly number[];
}

export interface ClientOrders {
  join(endpoint: string): void;
}

export interface ClientPlan {
  readonly room: string;
  readonly rooms: readonly number[];
  readonly clients: number;
  /** Whether they prove who they are. */
  readonly withTokens: boolean;
}

/** The app-scoped id of the player in this seat. */
export function userAt(room: number, seat: number): string {
  return String(72_057_594_037_930_000n + BigInt(room * 1_000 + seat));
}

/** A token of the user, the same in the emulator's seed and in the headset. */
export function tokenOf(user: string): string {
  return `FRL-${user}-test-token`;
}
