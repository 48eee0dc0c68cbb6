import { laneId } from "../intent/intent.ts";
import type { LaneKey } from "../intent/intent.ts";
import type { Reason } from "../intent/outcome.ts";
import type { SendRecord } from "../store/lane-records.ts";
import type { LaneStore } from "../store/lane-store.ts";

/** How one accepted firing ended. `forgotten`: longer ago than records are kept. `owed`: the outbox was closed before. */
export interface FiringEnd {
  readonly status: "delivered" | "suppressed" | "dead" | "forgotten" | "owed";
  readonly reason?: Reason;
}

interface Waiter {
  readonly seq: number;
  readonly resolve: (end: FiringEnd) => void;
}

/** Tells those who asked how a lane's seq ended. Nobody who did not ask costs anything. */
export class SettleWaiters {
  readonly #store: LaneStore;
  readonly #waiting = new Map<string, Waiter[]>();
  #closed = false;

  constructor(store: LaneStore) {
    this.#store = store;
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
    const record = await this.#store.ended(lane, seq).catch(() => undefined);
    if (record?.requeuedAs !== undefined) this.#answer(lane, seq, seq, await this.wait(key, record.requeuedAs));
    else if (record !== undefined) this.#answer(lane, seq, seq, endOf(record));
    return promise;
  }

  settled(lane: string, record: SendRecord): void {
    this.#answer(lane, record.fromSeq, record.toSeq, endOf(record));
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
      return { status: "dead", ...reason };
  }
}
