import type { Emulator } from "@questline/emulator";
import { APP } from "./catalogue-seed.ts";

/** A player of the emulated platform, and what it holds of them now. */
export interface TestPlayer {
  /** App-scoped user id. */
  readonly id: string;
  readonly alias: string;
  /** A user access token of theirs. */
  readonly token: string;
  /** API names of the achievements they unlocked. */
  unlocked(): readonly string[];
  /** A count achievement's counter. Throws EmulatorInputError for a name that does not exist. */
  count(achievement: string): bigint;
  /** Their entry in a leaderboard, if there is one. Throws EmulatorInputError for a name that does not exist. */
  score(leaderboard: string): bigint | undefined;
}

/** Makes somebody the platform has not met. */
export function createTestPlayer({ world }: Emulator, alias: string): TestPlayer {
  const { id } = world.createUser({ alias });
  return {
    id,
    alias,
    token: world.mintUserToken(APP.id, id),
    unlocked: () =>
      world
        .achievements(id)
        .filter(({ unlocked }) => unlocked)
        .map(({ apiName }) => apiName),
    count: (achievement) => world.progress(id, achievement).count,
    score: (leaderboard) => world.entry(leaderboard, id)?.score,
  };
}
