import "./runtime/supported-node.ts";
export { createQuestline } from "./create-questline.ts";
export type { AppOptions, AppSecret, GraphOptions, QuestlineOptions, TokenOptions } from "./options.ts";
export type {
  CheckCode,
  CheckFinding,
  CheckOptions,
  DeadLetters,
  Debts,
  Durable,
  Health,
  Match,
  Questline,
  Receipt,
  ReceiptRecord,
  RuleResult,
  SetAsideRows,
  SettledOutcome,
  Stats,
  TokenWanted,
  Users,
} from "./questline.ts";

export type { Throttle } from "./resilience/governor.ts";

export { defineCatalog } from "./catalogue/catalog.ts";
export type { Catalog, NoLeaderboards } from "./catalogue/catalog.ts";
export { bitfield, board, count, simple } from "./catalogue/definitions.ts";
export type {
  AchievementDefinition,
  Achievements,
  BitfieldAchievement,
  CountAchievement,
  LeaderboardDefinition,
  Leaderboards,
  SimpleAchievement,
  WritePolicy,
} from "./catalogue/definitions.ts";
export { each, oncePerMatch } from "./catalogue/events.ts";
export type { EventDefinition, Events, Occurrence, OccurrenceOf, PayloadOf } from "./catalogue/events.ts";
export type { StandardSchema } from "./catalogue/standard-schema.ts";
export type { RuleBook, RuleBookOf, QuestlineDefinition } from "./rules/rule-book.ts";
export type { Rule, RuleKit, ScoreOptions } from "./rules/rule-kit.ts";
export type { ExplainedIntent, ExplainedRule, Explanation } from "./rules/explain.ts";

export { memoryStore } from "./store/memory-store.ts";
export type { MemoryStoreOptions } from "./store/memory-store.ts";
export { sqliteStore } from "./store/sqlite-store.ts";
export type { Durability, SqliteStoreOptions } from "./store/sqlite-store.ts";
export type { LaneStore } from "./store/lane-store.ts";
export type {
  Announcement,
  AttemptRecord,
  DeadLetter,
  LaneFilter,
  LaneSnapshot,
  Owed,
  SendRecord,
  SetAside,
} from "./store/lane-records.ts";
export type { DeliveryOptions, ForeignWriterPolicy } from "./delivery/policy.ts";
export type { Intent, IntentKind, LaneKey, LaneTarget, ScoreEntry } from "./intent/intent.ts";
export type { AchievementValue, LaneValue, ScoreValue } from "./intent/lane-value.ts";
export type { Reason } from "./intent/outcome.ts";

export { createGraphClient } from "./graph/graph-client.ts";
export type { GraphCalls, GraphClient, GraphClientOptions } from "./graph/graph-client.ts";
export { directTransport } from "./graph/direct-transport.ts";
export type { DirectTransportOptions } from "./graph/direct-transport.ts";
export type { RetryingOptions } from "./graph/retrying.ts";
export { undiciTransport } from "./graph/undici-transport.ts";
export type { UndiciTransportOptions } from "./graph/undici-transport.ts";
export type { GraphRequest, GraphResponse, GraphTransport } from "./graph/transport.ts";
export type { CallOptions } from "./graph/call.ts";
export type {
  AchievementCalls,
  AchievementProgress,
  AchievementWrite,
  AchievementWritten,
} from "./graph/achievements.ts";
export type { AchievementToDefine, PlatformAchievement } from "./graph/achievement-definitions.ts";
export type {
  LeaderboardCalls,
  LeaderboardToDefine,
  PlatformLeaderboard,
  ScoreSubmission,
  ScoreSubmitted,
} from "./graph/leaderboards.ts";
export type { EntryList, EntryQuery, LeaderboardEntry } from "./graph/leaderboard-entries.ts";
export type { Gone } from "./graph/already-gone.ts";
export { closeSeason } from "./graph/close-season.ts";
export type {
  ClosedSeason,
  CloseSeasonOptions,
  SeasonArchive,
  SeasonRecord,
  SeasonToClose,
} from "./graph/close-season.ts";
export type { PlatformUser, UserCalls } from "./graph/users.ts";
export { IdentityBusyError } from "./identity/identity-busy-error.ts";
export type { ProofOrigin } from "./identity/identity.ts";
export type { VoucherTerms } from "./identity/vouchers.ts";
export type { ProofLimits } from "./identity/proof-gate.ts";
export { clientAddress } from "./identity/client-address.ts";
export { refusalOf } from "./identity/refusal-of.ts";
export type { PlayerRefusal } from "./identity/refusal-of.ts";
export { IdentityRefusedError } from "./identity/identity-refused-error.ts";
export type { Refusal } from "./identity/identity-refused-error.ts";
export type { AccountCalls, AccountLink } from "./graph/accounts.ts";
export type { Buyer, Entitlement, Purchase, PurchaseCalls, RefundReason, RefundRequest } from "./graph/purchases.ts";
export type { BillingPlan, CatalogueItem, Offer, TrialOffer } from "./graph/catalogue-items.ts";
export { refundSafely } from "./graph/refund-safely.ts";
export type { RefundOutcome, RefundSafelyOptions } from "./graph/refund-safely.ts";
export type { CancelReason, Owner, Subscription, SubscriptionCalls, SubscriptionQuery } from "./graph/subscriptions.ts";
export type { AttestationCalls, AttestationVerdict } from "./graph/attestation.ts";
export type { AttestationClaims, ClaimedBan } from "./graph/attestation-claims.ts";
export { checkAttestation } from "./graph/check-attestation.ts";
export type { AttestationCheck, AttestationFailure } from "./graph/check-attestation.ts";
export type { AttestationPolicy } from "./graph/attestation-policy.ts";
export type { BanStatus, Device, DeviceBanCalls, ListedBan } from "./graph/device-bans.ts";
export type { FederatedUser, FederatedUserCalls } from "./graph/federated-users.ts";
export type { NotificationCalls, NotificationRequest } from "./graph/notifications.ts";
export { operations } from "./graph/semantics.ts";
export type { Operation, OperationName, Repeat, TokenKind } from "./graph/operation.ts";
export type { ListOptions, SkippedRow } from "./graph/pages.ts";
export type { RowList } from "./graph/row-list.ts";
export type { Money, PriceTerm } from "./wire/money.ts";
export type { Raw } from "./wire/row.ts";
export type { VerifiedUser } from "./identity/verified-user.ts";

export { isQuestlineError, QuestlineError } from "./errors/questline-error.ts";
export type { ErrorCode } from "./errors/questline-error.ts";
export { GraphError, isGraphError } from "./errors/graph-error.ts";
export type { Applied, GraphFacts } from "./errors/graph-error.ts";
export * from "./errors/refused-errors.ts";
export * from "./errors/unanswered-errors.ts";
export { reveal, secret } from "./secrets/secret.ts";
export type { Secret } from "./secrets/secret.ts";
export type { AppId, UserId } from "./ids/ids.ts";
export { systemClock } from "./runtime/clock.ts";
export type { Clock, Timer } from "./runtime/clock.ts";
export { silentLogger, stderrLogger } from "./runtime/log.ts";
export type { Logger } from "./runtime/log.ts";
export { systemRandom } from "./runtime/random.ts";
export type { Random } from "./runtime/random.ts";
