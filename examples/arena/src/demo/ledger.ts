import { openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { ArgumentsError } from "./arguments.ts";
import { fold, type Fold, keyOf, type LedgerEvent } from "./fold.ts";

/** A line as the game hands it over. Written before the event is reported, and again when its receipt is durable. */
export interface LedgerLine extends LedgerEvent {
  readonly type: "planned" | "accepted" | "refused";
  readonly reason?: string;
}

/** Kept by the process that is never killed, as NDJSON; each line gets its number `n` here. */
export class Ledger {
  readonly #file: number;
  readonly #planned = new Map<string, LedgerEvent>();
  readonly #accepted = new Set<string>();
  readonly #refused: string[] = [];
  readonly #ended = new Map<string, Set<string>>();
  readonly #listeners = new Set<(line: LedgerLine) => void>();
  #lines = 0;

  /** @throws ArgumentsError when the file cannot be written. */
  constructor(path: string) {
    try {
      this.#file = openSync(path, "w");
    } catch (error) {
      throw new ArgumentsError(`the ledger cannot be written: ${(error as Error).message}`);
    }
  }

  /** Resolves when the pipe has ended, with all that its writer put in before it died. */
  async read(pipe: Readable): Promise<void> {
    for await (const text of createInterface({ input: pipe, crlfDelay: Infinity })) this.#take(text);
  }

  onLine(listener: (line: LedgerLine) => void): void {
    this.#listeners.add(listener);
  }

  /** Distinct events reported so far. */
  get events(): number {
    return this.#planned.size;
  }

  /** Why reports were refused; there should be none. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  /** Of each match whose end was reported for `players` users, those users. */
  endedMatches(players: number): ReadonlySet<string>[] {
    return [...this.#ended.values()].filter((users) => users.size >= players);
  }

  /** Planned, and never acknowledged as durable. */
  unacknowledged(): LedgerEvent[] {
    return [...this.#planned].filter(([key]) => !this.#accepted.has(key)).map(([, event]) => event);
  }

  /** Planned in this match, acknowledged or not. */
  eventsOf(match: string): LedgerEvent[] {
    return [...this.#planned.values()].filter((event) => event.match === match);
  }

  planned(): Fold {
    return fold(this.#planned.values());
  }

  accepted(): Fold {
    return fold([...this.#planned].filter(([key]) => this.#accepted.has(key)).map(([, event]) => event));
  }

  #take(text: string): void {
    const line = parseLine(text);
    if (line === undefined) return;
    this.#lines += 1;
    writeSync(this.#file, `${JSON.stringify({ ...line, n: this.#lines })}\n`);
    const key = keyOf(line);
    if (line.type === "planned") {
      const { match, user, event, id, payload } = line;
      this.#planned.set(key, { match, user, event, id, payload });
      if (event === "matchEnded") this.#ended.set(match, (this.#ended.get(match) ?? new Set()).add(user));
    } else if (line.type === "accepted") {
      this.#accepted.add(key);
    } else {
      this.#refused.push(`${line.event} of ${line.user}: ${line.reason ?? "no reason given"}`);
    }
    for (const listener of this.#listeners) listener(line);
  }
}

/** A process killed while it wrote leaves half a line; its event was not reported yet. */
function parseLine(text: string): LedgerLine | undefined {
  try {
    return JSON.parse(text) as LedgerLine;
  } catch {
    return undefined;
  }
}
