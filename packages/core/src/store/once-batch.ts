import { targetPart } from "../intent/intent.ts";
import type { Firing } from "./lane-store.ts";
import type { LaneTables, OnceEntry, Unreadable } from "./lane-tables.ts";
import { firingName, matchName, occurrenceName, ownerName } from "./once-names.ts";

interface OwnedMatch {
  readonly owner: string;
  readonly match: string;
  readonly firings: Map<string, OnceEntry>;
}

interface OwnedOccurrence {
  readonly owner: string;
  readonly occurrence: string;
  readonly entry: OnceEntry;
}

/** The once keys of one batch, over those the tables hold. */
export class OnceBatch {
  readonly #tables: LaneTables;
  readonly #matches = new Map<string, OwnedMatch>();
  readonly #occurrences = new Map<string, OwnedOccurrence>();

  constructor(tables: LaneTables) {
    this.#tables = tables;
  }

  /** What the key was first stored with, or undefined if this firing is the first, or has no key. */
  find(firing: Firing): OnceEntry | Unreadable | undefined {
    const { key, once } = firing;
    if (once === undefined) return undefined;
    const owner = ownerName(key.app, key.user);
    return (
      this.findHere(firing) ??
      (once.occurrence === ""
        ? this.#tables.firing(owner, matchName(once.match), firingName(once))
        : this.#tables.occurrence(owner, occurrenceName(once)))
    );
  }

  /** What this batch remembers it with. */
  findHere({ key, once }: Firing): OnceEntry | undefined {
    if (once === undefined) return undefined;
    const owner = ownerName(key.app, key.user);
    if (once.occurrence !== "") return this.#occurrences.get(owner + occurrenceName(once))?.entry;
    return this.#matches.get(owner + matchName(once.match))?.firings.get(firingName(once));
  }

  remember({ key, once, digest = "", at }: Firing, seq: number, order: number): void {
    if (once === undefined) return;
    const owner = ownerName(key.app, key.user);
    const entry: OnceEntry = { digest, target: targetPart(key.target), seq, at, order };
    if (once.occurrence !== "") {
      const occurrence = occurrenceName(once);
      this.#occurrences.set(owner + occurrence, { owner, occurrence, entry });
      return;
    }
    const match = matchName(once.match);
    const owned = this.#matches.get(owner + match) ?? { owner, match, firings: new Map<string, OnceEntry>() };
    owned.firings.set(firingName(once), entry);
    this.#matches.set(owner + match, owned);
  }

  write(): void {
    for (const { owner, match, firings } of this.#matches.values()) this.#tables.putFirings(owner, match, firings);
    for (const { owner, occurrence, entry } of this.#occurrences.values()) {
      this.#tables.putOccurrence(owner, occurrence, entry);
    }
  }
}
