import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { SetAsideRows } from "./sqlite-set-aside.ts";
import { UnreadableRow } from "./stored-fields.ts";

/** Where openings go on from when their number is lost: above what a file gets to, with room above it. */
const LOST_OPENINGS = 2 ** 20;

/** Numbers a file keeps about itself, by name, as decimal text. */
export class StoreNotes {
  readonly #setAside: SetAsideRows;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  #lanesFrom: number | undefined;
  #time: number | undefined;
  #isNewTime = false;

  constructor(database: DatabaseSync, setAside: SetAsideRows) {
    this.#setAside = setAside;
    this.#get = database.prepare("SELECT value FROM meta WHERE name = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)");
  }

  /** A number that no earlier opening got; it rises. */
  nextOpening(): number {
    const next = this.#number("openings", () => LOST_OPENINGS) + 1;
    this.#put.run("openings", String(next));
    return next;
  }

  /** What new lanes begin with; `above` is a number that is high enough where it was lost. */
  lanesFrom(above: () => number): number {
    return (this.#lanesFrom ??= this.#number("lanes_from", above));
  }

  putLanesFrom(from: number): void {
    if (from === this.#lanesFrom) return;
    this.#put.run("lanes_from", String(from));
    this.#lanesFrom = from;
  }

  /**
   * How long the store has lived; undefined where it is new, or the note is lost: then it goes on by the wall clock. All
   * that waits is measured by it, so that it is kept three times over: one of them may be damaged.
   */
  time(): number | undefined {
    if (this.#time !== undefined) return this.#time;
    const stored = this.#get.get("lived")?.["value"];
    if (stored === undefined) return undefined;
    const copies = String(stored).split(",");
    const sound = copies.find((one, index) => /^\d{1,16}$/.test(one) && copies.indexOf(one, index + 1) !== -1);
    if (sound !== undefined) return (this.#time = Number(sound));
    const lost = new UnreadableRow("the store's time", "is not a number");
    this.#setAside.add({ what: "store", name: "lived", stored }, lost);
    return undefined;
  }

  putTime(at: number): void {
    this.#isNewTime ||= at !== this.#time;
    this.#time = at;
  }

  kernel(): string | undefined {
    const stored = this.#get.get("kernel")?.["value"];
    return typeof stored !== "string" || stored === "" ? undefined : stored;
  }

  putKernel(kernel: string | undefined): void {
    this.#put.run("kernel", kernel ?? "");
  }

  /** Writes what the transaction changed. */
  flush(): void {
    if (this.#isNewTime) this.#put.run("lived", [this.#time, this.#time, this.#time].join(","));
    this.#isNewTime = false;
  }

  /** After a rollback. */
  forget(): void {
    this.#lanesFrom = undefined;
    this.#time = undefined;
    this.#isNewTime = false;
  }

  #number(name: string, lost: () => number): number {
    const stored = this.#get.get(name)?.["value"];
    if (stored === undefined) return 0;
    const number = typeof stored === "string" && /^\d{1,16}$/.test(stored) ? Number(stored) : Number.NaN;
    if (Number.isSafeInteger(number)) return number;
    this.#setAside.add({ what: "store", name, stored }, new UnreadableRow(`the store's ${name}`, "is not a number"));
    const found = lost();
    this.#put.run(name, String(found));
    return found;
  }
}
