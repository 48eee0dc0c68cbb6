import type { DatabaseSync } from "node:sqlite";
import { matchName, occurrenceName, ownerName, partsOf } from "./once-names.ts";
import { ownerNumber } from "./owner-number.ts";
import { bareEntry, entryText } from "./once-text.ts";

/** Moves the once keys of schema version 1 into the tables of version 2; where their firings went was not kept. */
export function rekeyOnceKeys(database: DatabaseSync): void {
  for (const which of [0, 1]) {
    database.exec(`
      ALTER TABLE matches_${which} RENAME TO old_matches;
      ALTER TABLE occurrences_${which} RENAME TO old_occurrences;
      CREATE TABLE matches_${which} (name TEXT PRIMARY KEY, owner INTEGER NOT NULL, firings TEXT NOT NULL);
      CREATE TABLE occurrences_${which} (name TEXT PRIMARY KEY, entry TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX matches_${which}_by_owner ON matches_${which} (owner);
    `);
    const putMatch = database.prepare(`INSERT INTO matches_${which} VALUES (?, ?, ?)`);
    for (const { match, firings } of database.prepare("SELECT match, firings FROM old_matches").iterate()) {
      putMatch.run(...rekeyedMatch(String(match)), rekeyedFirings(String(firings)));
    }
    const putOccurrence = database.prepare(`INSERT INTO occurrences_${which} VALUES (?, ?)`);
    for (const { occurrence, digest } of database.prepare("SELECT * FROM old_occurrences").iterate()) {
      putOccurrence.run(rekeyedOccurrence(String(occurrence)), entryText(unplaced(String(digest))));
    }
    database.exec("DROP TABLE old_matches; DROP TABLE old_occurrences");
  }
}

/** Was app, match, user; what was not stays as it is, and is never found. */
function rekeyedMatch(name: string): readonly [string, number] {
  const [app, match, user, ...more] = partsOf(name);
  if (app === undefined || match === undefined || user === undefined || more.length > 0) return [name, 0];
  const owner = ownerName(app, user);
  return [matchName(match) + owner, ownerNumber(owner)];
}

/** Was app, match, user, event, occurrence, rule. */
function rekeyedOccurrence(name: string): string {
  const parts = partsOf(name);
  if (parts.length !== 6) return name;
  const [app = "", match = "", user = "", event = "", occurrence = "", rule = ""] = parts;
  return ownerName(app, user) + occurrenceName({ match, event, occurrence, rule });
}

/** Was a list of names with their digests. What is none stays as it is: whoever reads it next sets it aside. */
function rekeyedFirings(text: string): string {
  try {
    const firings = JSON.parse(text) as readonly (readonly string[])[];
    return JSON.stringify(firings.map(([firing, digest = ""]) => [firing, ...JSON.parse(entryText(unplaced(digest)))]));
  } catch {
    return text;
  }
}

const unplaced = (digest: string) => ({ ...bareEntry, digest });
