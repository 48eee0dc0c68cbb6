import { openSync, writeSync } from "node:fs";
import { keyOf, type PlannedEvent } from "../plan/events.ts";

/** Kept by the process that is never killed, as NDJSON: `planned` before an event is sent, `accepted` when it is acknowledged. */
export class Ledger {
  readonly #file: number;
  readonly #planned = new Map<string, PlannedEvent>();
  readonly #open = new Map<string, PlannedEvent>();
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
    if (first) this.write({ type: "accepted", key, status });
    else if (status === "accepted") this.acceptedTwice.push(key);
  }

  refuse(key: string, reason: string): void {
    this.refused.push(`${key}: ${reason}`);
    this.write({ type: "refused", key, reason });
  }

  /** Everything else that is worth reading afterwards. */
  write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  get planned(): Iterable<PlannedEvent> {
    return this.#planned.values();
  }

  /** Events planned and never acknowledged, in the order of the plan. */
  get open(): readonly PlannedEvent[] {
    return [...this.#open.values()];
  }

  get openCount(): number {
    return this.#open.size;
  }

  get accepted(): number {
    return this.#planned.size - this.#open.size;
  }
}
