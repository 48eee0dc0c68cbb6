import type { SortOrder } from "../intent/score-choice.ts";

/** Who may write at the platform: this server with the app token, or each player with their own token. */
export type WritePolicy = "server" | "client";

export interface SimpleAchievement {
  readonly type: "simple";
  readonly policy?: WritePolicy;
}

export interface CountAchievement {
  readonly type: "count";
  /** Unlocks at this count; 1 to 2^63-1. */
  readonly target: number | bigint;
  /** Counts are still delivered beside and after an unlock. Default false: an unlock makes them pointless. */
  readonly continueAfterUnlock?: boolean;
  readonly policy?: WritePolicy;
}

export interface BitfieldAchievement {
  readonly type: "bitfield";
  /** Bits, 1 to 1024. */
  readonly length: number;
  /** Unlocks when this many bits are set; 1 to `length`. */
  readonly target: number;
  readonly policy?: WritePolicy;
}

export type AchievementDefinition = SimpleAchievement | CountAchievement | BitfieldAchievement;

export interface LeaderboardDefinition {
  readonly sort: SortOrder;
  /** `server`: written with the app token and a user id; `client`: with the player's own token. */
  readonly writes: WritePolicy;
  /** Scores below zero are meant (golf, say). Default false: a negative score is taken for a mistake and refused. */
  readonly negativeScores?: boolean;
}

/** By the platform's `api_name`, which is case-sensitive. */
export type Achievements = Readonly<Record<string, AchievementDefinition>>;
export type Leaderboards = Readonly<Record<string, LeaderboardDefinition>>;

/** `policy` is compared with the platform's when it is stated. */
export interface AchievementOptions {
  readonly policy?: WritePolicy;
}

/** Unlocked in one go. */
export function simple(options?: AchievementOptions): SimpleAchievement {
  return Object.freeze({ ...options, type: "simple" });
}

/** Unlocks when its counter reaches `target` (1 to 2^63-1; a bigint above 2^53-1). */
export function count(
  target: number | bigint,
  options?: AchievementOptions & { readonly continueAfterUnlock?: boolean },
): CountAchievement {
  return Object.freeze({ ...options, type: "count", target });
}

/** Unlocks when `target` of its `length` bits are set. */
export function bitfield(
  length: number,
  options: AchievementOptions & { readonly target: number },
): BitfieldAchievement {
  return Object.freeze({ ...options, type: "bitfield", length });
}

/** A leaderboard: its order, and who writes it. */
export function board<const B extends LeaderboardDefinition>(definition: B): B {
  return Object.freeze({ ...definition });
}
