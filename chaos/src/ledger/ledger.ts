import { openSync, writeSync } from "node:fs";
import { keyOf, type PlannedEvent } from "../plan/events.ts";

/**
 * Kept by the process that is never killed, as NDJSON: `planned` before an event is sent, `accepted` when it is acknowledged.
 *
 * Events count in the order in which they were accepted. That is the order of the plan, except where a report was refused
 * and made again after others. What was accepted without an acknowledgement, because its process died
 * first, was so before anything that a later process was told.
 */
export class Ledger {
  readonly #file: number;
  readonly #planned = new Map<string, PlannedEvent>();
  readonly #open = new Map<string, PlannedEvent>();
  /** When each was accepted, at the latest, in steps of this ledger. */
  readonly #accepted = new Map<string, number>();
  readonly #putOff = new Set<string>();
  #step = 0;
  /** Events accepted a second time: they will count twice. */
  readonly acceptedTwice: string[] = [];
  readonly refused: string[] = [];

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  plan(event: PlannedEvent): void {
    const key = keyOf(event);
    this.#planned.set(key, event);
    this.#open.set(key, event);
    this.write({ type: "planned", ...event });
  }

  /** An accepted event may be acknowledged again, as a duplicate. */
  acknowledge(key: string, status: "accepted" | "duplicate"): void {
    const first = this.#open.delete(key);
    this.#putOff.delete(key);
    if (first) {
      if (status === "accepted" || !this.#accepted.has(key)) this.#stamp(key);
      this.write({ type: "accepted", key, status });
    } else if (status === "accepted") this.acceptedTwice.push(key);
  }

  /** For good; the run is not what it should be. */
  refuse(key: string, reason: string): void {
    this.refused.push(`${key}: ${reason}`);
    this.write({ type: "refused", key, reason });
  }

  /** For now, for no fault of its game; it stays open, to be reported again. */
  putOff(key: string, reason: string): void {
    if (!this.#open.has(key)) return;
    this.#accepted.delete(key);
    this.#putOff.add(key);
    this.write({ type: "put off", key, reason });
  }

  /** Its process is gone; what is open now may have been accepted, before all that follows. */
  lifeEnded(): void {
    for (const key of this.#open.keys()) if (!this.#accepted.has(key)) this.#stamp(key);
  }

  /** Everything else that is worth reading afterwards. */
  write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  /** In the order in which they count. */
  get planned(): readonly PlannedEvent[] {
    const at = (key: string): number => this.#accepted.get(key) ?? Number.POSITIVE_INFINITY;
    const events = [...this.#planned].map(([key, event]) => ({ at: at(key), event }));
    return events.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map(({ event }) => event);
  }

  /** Events planned and never acknowledged, in the order of the plan. */
  get open(): readonly PlannedEvent[] {
    return [...this.#open.values()];
  }

  /** Events that were put off, and are still open. */
  get putOffCount(): number {
    return this.#putOff.size;
  }

  get openCount(): number {
    return this.#open.size;
  }

  get accepted(): number {
    return this.#planned.size - this.#open.size;
  }

  #stamp(key: string): void {
    this.#step += 1;
    this.#accepted.set(key, this.#step);
  }
}
