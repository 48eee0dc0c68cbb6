export type AchievementType = "SIMPLE" | "COUNT" | "BITFIELD";
export type WritePolicy = "CLIENT_AUTHORITATIVE" | "SERVER_AUTHORITATIVE";
export type SortOrder = "HIGHER_IS_BETTER" | "LOWER_IS_BETTER";

export interface Definition {
  readonly id: string;
  readonly apiName: string;
  readonly type: AchievementType;
  writePolicy: WritePolicy;
  /** Counter or number of bits that unlocks; 0 for SIMPLE. */
  target: bigint;
  bitfieldLength: number;
  archived: boolean;
  title: string;
  description: string;
  unlockedDescription: string | undefined;
  secret: boolean;
  /** Which icons were uploaded; their bytes are not kept. */
  readonly icons: Set<"locked" | "unlocked">;
}
