export type { Basis, Behaviour } from "./behaviours/behaviour.ts";
export { behaviours } from "./behaviours/behaviours.ts";
export { createEmulator, type Emulator, type EmulatorOptions } from "./emulator.ts";
export type { ChanceOptions, Fault, FaultError, FaultKind, FaultKindName, FaultTarget } from "./faults/fault.ts";
export type { Faults, PlannedFault } from "./faults/fault-plan.ts";
export { EmulatorInputError } from "./input-error.ts";
export type { OperationName } from "./operations/route.ts";
export type { AchievementEffects, LeaderboardEffects, NonceEffects, Oracle, OracleSnapshot } from "./oracle.ts";
export type { LoggedRequest, OperationCounts, RequestFilter, RequestLog, RequestSummary } from "./request-log.ts";
export type { Clock } from "./runtime/clock.ts";
export { type Random, seededRandom } from "./runtime/random.ts";
export {
  defaultSeed,
  type Seed,
  type SeedAchievement,
  type SeedApp,
  type SeedId,
  type SeedLeaderboard,
  type SeedLong,
  type SeedProgress,
  type SeedScore,
  type SeedUser,
} from "./seed/seed.ts";
export { defaultSwitches, type SwitchBoard, type Switches } from "./switches.ts";
export type { EntrySnapshot, ProgressSnapshot, WorldSnapshot } from "./world/snapshot.ts";
export type { AchievementProgress, CreatedUser, ForeignChange, LeaderboardEntry, World } from "./world/world-api.ts";
