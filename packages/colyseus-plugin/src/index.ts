export type { AuthMode } from "./admission.ts";
export { attachTo, type AttachToOptions, type ShutdownSlots } from "./attach-to.ts";
export { playerAuth } from "./player-auth.ts";
export {
  questlineAuth,
  type GuestAuth,
  type PlayerAuth,
  type QuestlineAuthOptions,
  type StaticAuth,
} from "./questline-auth.ts";
export type { MatchReceipts } from "./ended-round.ts";
export type { GuestCounts } from "./guest-book.ts";
export type { MatchPlayer } from "./match-player.ts";
export type { MatchStreaks } from "./match-streaks.ts";
export type { MatchWatch, MatchWatches } from "./match-watch.ts";
export type { QuestlinePluginOptions } from "./plugin-options.ts";
export { questlinePlugin, type QuestlinePlugin } from "./questline-plugin.ts";
export type { QuestlineHandlers } from "./room-messages.ts";
export type { ResolveUserId } from "./resolve-user-id.ts";
export type { RoundPlayer } from "./roster.ts";
export type { MatchIdOption } from "./round.ts";
export type { Guest, Player } from "./player.ts";
export { verifyPlayer } from "./verify-player.ts";
export type {
  Ack,
  Delayed,
  Progress,
  QuestlineClientMessages,
  QuestlineMessages,
  Recorded,
  TokenAnswer,
  TokenAsked,
  Unlocked,
} from "./messages.ts";
export { questlineEndpoints, type QuestlineEndpoints, type QuestlineEndpointsOptions } from "./questline-endpoints.ts";
export { sqliteStreaks } from "./sqlite-streaks.ts";
export { memoryStreaks, type StreakLengths, type StreakStore } from "./streak-store.ts";
export type { NumberField, Tally } from "./tally.ts";
