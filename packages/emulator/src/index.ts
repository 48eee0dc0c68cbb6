export type { Basis, Behaviour } from "./behaviours/behaviour.ts";
export { behaviours } from "./behaviours/behaviours.ts";
export { createEmulator, type Emulator, type EmulatorOptions } from "./emulator.ts";
export type { ChanceOptions, Fault, FaultError, FaultKind, FaultKindName, FaultTarget } from "./faults/fault.ts";
export type { Faults, PlannedFault } from "./faults/fault-plan.ts";
export { EmulatorInputError } from "./input-error.ts";
export type { IsolatedWorld, WorldOptions, Worlds } from "./isolated-world.ts";
export { type OperationInfo, type OperationName, operations } from "./operations/operation-list.ts";
export type {
  AchievementEffects,
  LeaderboardEffects,
  NonceEffects,
  Oracle,
  OracleSnapshot,
  PurchaseEffects,
  SubscriptionEffects,
} from "./oracle.ts";
export type { LoggedRequest, OperationCounts, RequestFilter, RequestLog, RequestSummary } from "./request-log.ts";
export type { Clock } from "./runtime/clock.ts";
export { type Random, seededRandom } from "./runtime/random.ts";
export {
  defaultSeed,
  type Seed,
  type SeedAchievement,
  type SeedApp,
  type SeedBillingPlan,
  type SeedFederatedApp,
  type SeedId,
  type SeedItem,
  type SeedLeaderboard,
  type SeedLong,
  type SeedNotificationRequest,
  type SeedPrice,
  type SeedProgress,
  type SeedPurchase,
  type SeedScore,
  type SeedSubscription,
  type SeedTrialOffer,
  type SeedUser,
  type SeedWebhook,
} from "./seed/seed.ts";
export { type Strictness, strictnessProfiles } from "./strictness.ts";
export { defaultSwitches, type SwitchBoard, type Switches } from "./switches.ts";
export type { DeliveryView } from "./webhooks/delivery.ts";
export type { SendOptions, TriggeredEvent, Webhooks, WebhookSubscription } from "./webhooks/webhooks.ts";
export type { ItemKind, Term, TrialType } from "./world/catalogue.ts";
export type { AttestationClaims, AttestationOrder, BanView, DeviceLevers } from "./world/device-levers.ts";
export type { SentNotification } from "./world/notifications.ts";
export type { EntrySnapshot, ProgressSnapshot, WorldSnapshot } from "./world/snapshot.ts";
export type { PurchaseView, Store, SubscriptionView } from "./world/store.ts";
export type { Topic } from "./world/world-events.ts";
export type { AchievementProgress, CreatedUser, ForeignChange, LeaderboardEntry, World } from "./world/world-api.ts";
