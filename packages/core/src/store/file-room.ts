import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Pages that acceptance leaves to journals, ends and records: a tenth of the file, and these at least. */
const LEAST_RESERVE_PAGES = 64;

/** How far a file may grow. What has been accepted can still be staged and settled when nothing more is accepted. */
export class FileRoom {
  readonly #maxBytes: number | undefined;
  readonly #pages: StatementSync;
  readonly #free: StatementSync;
  readonly #acceptPages: number;

  constructor(database: DatabaseSync, maxBytes: number | undefined) {
    this.#maxBytes = maxBytes;
    this.#pages = database.prepare("PRAGMA page_count");
    this.#free = database.prepare("PRAGMA freelist_count");
    if (maxBytes === undefined) {
      this.#acceptPages = Number.POSITIVE_INFINITY;
      return;
    }
    const pages = Math.floor(maxBytes / Number(database.prepare("PRAGMA page_size").get()?.["page_size"]));
    database.exec(`PRAGMA max_page_count = ${pages}`);
    this.#acceptPages = pages - Math.max(LEAST_RESERVE_PAGES, Math.ceil(pages / 10));
  }

  /** Why nothing more may be accepted; undefined while there is room. */
  whyFull(): string | undefined {
    if (this.#maxBytes === undefined) return undefined;
    const used = Number(this.#pages.get()?.["page_count"]) - Number(this.#free.get()?.["freelist_count"]);
    if (used < this.#acceptPages) return undefined;
    return `The store's file is as large as its limit of ${this.#maxBytes} bytes (maxBytes) allows; what was accepted before is safe and is still delivered.`;
  }
}
