import { laneId } from "../intent/intent.ts";
import type { LaneKey } from "../intent/intent.ts";
import type { Reason } from "../intent/outcome.ts";
import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import type { SendRecord } from "../store/lane-records.ts";
import type { LaneStore } from "../store/lane-store.ts";

/** How one accepted firing ended. `forgotten`: longer ago than records are kept. `owed`: the outbox was closed before. */
export interface FiringEnd {
  readonly status: "delivered" | "suppressed" | "dead" | "forgotten" | "owed";
  readonly reason?: Reason;
}

const ASK_AGAIN_MS = 1_000;

interface Waiter {
  readonly seq: number;
  readonly resolve: (end: FiringEnd) => void;
}

/** Tells those who asked how a lane's seq ended. Nobody who did not ask costs anything. */
export class SettleWaiters {
  readonly #store: LaneStore;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiter[]>();
  #closed = false;

  constructor(store: LaneStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Never rejects. */
  async wait(key: LaneKey, seq: number): Promise<FiringEnd> {
    if (this.#closed) return { status: "owed" };
    const lane = laneId(key);
    const { promise, resolve } = Promise.withResolvers<FiringEnd>();
    const waiter: Waiter = { seq, resolve };
    const others = this.#waiting.get(lane);
    if (others === undefined) this.#waiting.set(lane, [waiter]);
    else others.push(waiter);
    // It may have ended before anybody asked.
    const record = await this.#ended(lane, seq);
    if (record?.requeuedAs !== undefined) this.#answer(lane, seq, seq, await this.wait(key, record.requeuedAs));
    else if (record !== undefined) this.#answer(lane, seq, seq, endOf(record));
    return promise;
  }

  settled(lane: string, record: SendRecord): void {
    this.#answer(lane, record.fromSeq, record.toSeq, endOf(record));
  }

  /** Asks anew for those who wait for a lane whose row was set aside. */
  async askAgain(lane: string): Promise<void> {
    for (const { seq } of this.#waiting.get(lane) ?? []) {
      const record = await this.#ended(lane, seq);
      if (record !== undefined) this.#answer(lane, seq, seq, endOf(record));
    }
  }

  /** Asked again for as long as the store fails to say. */
  async #ended(lane: string, seq: number): Promise<SendRecord | undefined> {
    while (!this.#closed) {
      try {
        return await this.#store.ended(lane, seq);
      } catch {
        await sleep(this.#clock, ASK_AGAIN_MS);
      }
    }
    return undefined;
  }

  close(): void {
    this.#closed = true;
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.resolve({ status: "owed" });
    this.#waiting.clear();
  }

  #answer(lane: string, fromSeq: number, toSeq: number, end: FiringEnd): void {
    const waiters = this.#waiting.get(lane);
    if (waiters === undefined) return;
    const rest = waiters.filter((waiter) => {
      if (waiter.seq < fromSeq || waiter.seq > toSeq) return true;
      waiter.resolve(end);
      return false;
    });
    if (rest.length === 0) this.#waiting.delete(lane);
    else this.#waiting.set(lane, rest);
  }
}

function endOf(record: SendRecord): FiringEnd {
  const reason = record.reason === undefined ? {} : { reason: record.reason };
  switch (record.how) {
    case "delivered":
    case "verdict":
      return { status: "delivered" };
    case "suppressed":
      return { status: "suppressed" };
    case "forgotten":
    case "requeued":
      return { status: "forgotten" };
    case "dead":
    case "discarded":
    // Nobody can say more of it than the reason does.
    case "unknown":
      return { status: "dead", ...reason };
  }
}
