import { MAX_LONG } from "../graph/parameters.ts";
import type { Switches } from "../switches.ts";
import type { Definition } from "./definition.ts";

/** How long earlier states stay readable, for lagging reads. */
export const HISTORY_MS = 120_000;

export interface ProgressState {
  readonly count: bigint;
  readonly bits: string;
  /** Milliseconds since the epoch; undefined while locked. */
  readonly unlockedAt: number | undefined;
}

export interface ProgressChange {
  readonly count?: bigint | undefined;
  /** As long as the definition's bitfield. */
  readonly bits?: string | undefined;
  readonly unlock?: boolean | undefined;
}

/** One user's row for one achievement. */
export class Progress {
  readonly id: string;
  readonly definition: Definition;
  /** A writer other than Graph requests has changed this row. */
  foreign = false;
  #state: ProgressState;
  #history: { readonly at: number; readonly state: ProgressState }[] = [];

  constructor(id: string, definition: Definition) {
    this.id = id;
    this.definition = definition;
    this.#state = emptyState(definition);
  }

  get state(): ProgressState {
    return this.#state;
  }

  /** The state as it was at that time; undefined when nothing had been written yet. */
  at(time: number): ProgressState | undefined {
    return this.#history.findLast((each) => each.at <= time)?.state;
  }

  /** Adds and unlocks in one step. Says whether this change caused the unlock. */
  apply(change: ProgressChange, now: number, afterUnlock: Switches["afterUnlock"]): boolean {
    const before = this.#state;
    const wasUnlocked = before.unlockedAt !== undefined;
    const frozen = wasUnlocked && afterUnlock === "freeze";
    let { count, bits } = before;
    if (!frozen && change.count !== undefined) count = this.#added(count, change.count, afterUnlock);
    if (!frozen && change.bits !== undefined) bits = orBits(bits, change.bits);
    const reached = change.unlock === true || this.#targetReached(count, bits);
    const unlockedAt = before.unlockedAt ?? (reached ? now : undefined);
    this.#set({ count, bits, unlockedAt }, now);
    return !wasUnlocked && unlockedAt !== undefined;
  }

  #added(count: bigint, added: bigint, afterUnlock: Switches["afterUnlock"]): bigint {
    const limit = afterUnlock === "cap" ? this.definition.target : MAX_LONG;
    const sum = count + added;
    if (sum <= limit) return sum;
    return count > limit ? count : limit;
  }

  #targetReached(count: bigint, bits: string): boolean {
    const { type, target } = this.definition;
    if (type === "COUNT") return count >= target;
    return type === "BITFIELD" && BigInt(setBits(bits)) >= target;
  }

  #set(state: ProgressState, now: number): void {
    this.#state = state;
    this.#history.push({ at: now, state });
    if (this.#history.length % 64 !== 0) return;
    // One entry older than the horizon stays: it is the state at the horizon itself.
    const firstKept = this.#history.findIndex((each) => each.at > now - HISTORY_MS) - 1;
    // Halves at least, so that a busy row does not copy its history at every turn.
    if (firstKept > this.#history.length / 2) this.#history = this.#history.slice(firstKept);
  }
}

export function emptyState(definition: Definition): ProgressState {
  return { count: 0n, bits: "0".repeat(definition.bitfieldLength), unlockedAt: undefined };
}

/** OR by position; the shorter one counts as padded with 0 on the right. */
export function orBits(left: string, right: string): string {
  const [long, short] = left.length >= right.length ? [left, right] : [right, left];
  let bits = "";
  for (let i = 0; i < long.length; i += 1) bits += long[i] === "1" || short[i] === "1" ? "1" : "0";
  return bits;
}

function setBits(bits: string): number {
  let set = 0;
  for (const bit of bits) if (bit === "1") set += 1;
  return set;
}
