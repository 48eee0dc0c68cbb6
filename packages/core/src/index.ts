export { createQuestline } from "./create-questline.ts";
export type { AppOptions, AppSecret, GraphOptions, QuestlineOptions, TokenOptions } from "./options.ts";
export type {
  CheckFinding,
  DeadLetters,
  Debts,
  Durable,
  Match,
  Questline,
  Receipt,
  ReceiptRecord,
  RuleResult,
  SettledOutcome,
  Stats,
  TokenWanted,
  Users,
} from "./questline.ts";

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
} from "./store/lane-records.ts";
export type { DeliveryOptions, ForeignWriterPolicy } from "./delivery/policy.ts";
export type { Intent, IntentKind, LaneKey, LaneTarget, ScoreEntry } from "./intent/intent.ts";
export type { AchievementValue, LaneValue, ScoreValue } from "./intent/lane-value.ts";
export type { Reason } from "./intent/outcome.ts";

export { createGraphClient } from "./graph/graph-client.ts";
export type { GraphClient, GraphClientOptions } from "./graph/graph-client.ts";
export { directTransport } from "./graph/direct-transport.ts";
export type { DirectTransportOptions } from "./graph/direct-transport.ts";
export type { RetryingReadsOptions } from "./graph/retrying-reads.ts";
export { undiciTransport } from "./graph/undici-transport.ts";
export type { UndiciTransportOptions } from "./graph/undici-transport.ts";
export type { GraphRequest, GraphResponse, GraphTransport } from "./graph/transport.ts";
export type { CallOptions } from "./graph/call.ts";
export type {
  AchievementCalls,
  AchievementProgress,
  AchievementWrite,
  AchievementWritten,
  PlatformAchievement,
} from "./graph/achievements.ts";
export type { LeaderboardCalls, PlatformLeaderboard, ScoreSubmission, ScoreSubmitted } from "./graph/leaderboards.ts";
export type { EntryList, EntryQuery, LeaderboardEntry } from "./graph/leaderboard-entries.ts";
export type { PlatformUser, UserCalls } from "./graph/users.ts";
export type { VerifiedUser } from "./identity/verified-user.ts";

export { isQuestlineError, QuestlineError } from "./errors/questline-error.ts";
export type { ErrorCode } from "./errors/questline-error.ts";
export { GraphError, isGraphError } from "./errors/graph-error.ts";
export type { Applied, GraphFacts } from "./errors/graph-error.ts";
export * from "./errors/refused-errors.ts";
export * from "./errors/unanswered-errors.ts";
export { secret } from "./secrets/secret.ts";
export type { Secret } from "./secrets/secret.ts";
export type { AppId, UserId } from "./ids/ids.ts";
export { systemClock } from "./runtime/clock.ts";
export type { Clock, Timer } from "./runtime/clock.ts";
export { silentLogger, stderrLogger } from "./runtime/log.ts";
export type { Logger } from "./runtime/log.ts";
export { systemRandom } from "./runtime/random.ts";
export type { Random } from "./runtime/random.ts";
