import type { SeedAchievement, SeedApp } from "@questline/emulator";

/**
 * What the platform defines. The game's own catalogue is written apart from it (`game/game-questline.ts`), as a
 * dashboard is; this side is read by the emulator and by the comparison.
 */
export const app = { id: "7301", secret: "chaos-secret" } as const;

/** Half of the counters have a target that no run reaches: only a locked count shows every unit. */
export const counters = {
  SHOTS: 1_000_000_000,
  STEPS: 2_000_000_000,
  GEMS: 1_000_000_000,
  KILLS: 25,
  HEADSHOTS: 9,
  ROUNDS: 4,
} as const;
export type Counter = keyof typeof counters;

export const bitfields = { EVERY_MAP: { length: 5, target: 4 }, EMBLEMS: { length: 24, target: 24 } } as const;
export type Bitfield = keyof typeof bitfields;

export const simple = "FIRST_WIN";
/** `RANK` takes forced scores between the best ones. */
export const boards = { POINTS: "higher", TIME: "lower", RANK: "higher" } as const;
export type Board = keyof typeof boards;

/** The app as the emulator is seeded with it. */
export function seedApp(): SeedApp {
  const policy = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;
  const achievements: SeedAchievement[] = [
    { api_name: simple, achievement_type: "SIMPLE", ...policy },
    ...Object.entries(counters).map(
      ([name, target]) => ({ api_name: name, achievement_type: "COUNT", target, ...policy }) as const,
    ),
    ...Object.entries(bitfields).map(
      ([name, { length, target }]) =>
        ({ api_name: name, achievement_type: "BITFIELD", target, bitfield_length: length, ...policy }) as const,
    ),
  ];
  return {
    ...app,
    achievements,
    leaderboards: Object.entries(boards).map(([name, sort]) => ({
      api_name: name,
      sort_order: sort === "higher" ? "HIGHER_IS_BETTER" : "LOWER_IS_BETTER",
      entry_write_policy: name === "TIME" ? "CLIENT_AUTHORITATIVE" : "SERVER_AUTHORITATIVE",
    })),
  };
}

export const achievementNames: readonly string[] = [simple, ...Object.keys(counters), ...Object.keys(bitfields)];
