import type { Switches } from "@questline/emulator";
import { type Random, seededRandom } from "../runtime/random.ts";

/** How the platform answers where its documents leave it open; nothing may depend on it, so it changes during a run. */
export function moods(seed: number): () => Partial<Switches> {
  const random: Random = seededRandom(seed, 31);
  return () => ({
    afterUnlock: random.pick(["accumulate", "cap", "freeze"]),
    progressRows: random.pick(["absent", "zero"]),
    omitDefinition: random.next() < 0.25,
    pageSize: random.pick([2, 25]),
    maxPageSize: random.pick([2, 500]),
    longsAsStrings: random.next() < 0.5,
    invalidTokenStatus: random.pick([400, 401]),
    lockedUnlockTime: random.pick(["absent", "zero"]),
    writeAnswerId: random.pick(["progress", "user"]),
  });
}
