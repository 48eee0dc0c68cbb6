import type { Client, Room } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import type { QuestlinePluginOptions } from "./plugin-options.ts";
import { questlinePlugin, type QuestlinePlugin } from "./questline-plugin.ts";
import { entersDuringCreate } from "./watch-room.ts";

export type { AuthMode } from "./admission.ts";
export { attachTo, type AttachToOptions, type ShutdownSlots } from "./attach-to.ts";
export type { GuestCounts } from "./guest-book.ts";
export type { MatchPlayer } from "./match-player.ts";
export type { MatchStreaks } from "./match-streaks.ts";
export type { MatchWatch } from "./match-watch.ts";
export type { Player } from "./player.ts";
export { questlineAuth, type PlayerAuth, type QuestlineAuthOptions, type StaticAuth } from "./questline-auth.ts";
export { questlineEndpoints, type QuestlineEndpoints, type QuestlineEndpointsOptions } from "./questline-endpoints.ts";
export type { QuestlinePluginOptions } from "./plugin-options.ts";
export type { MatchReceipts } from "./questline-plugin.ts";
export type { ResolveUserId } from "./resolve-user-id.ts";
export type { RoundPlayer } from "./roster.ts";
export type { MatchIdOption } from "./round.ts";
export { sqliteStreaks } from "./sqlite-streaks.ts";
export { memoryStreaks, type StreakLengths, type StreakStore } from "./streak-store.ts";
export type { NumberField, Tally } from "./tally.ts";
export { verifyPlayer } from "./verify-player.ts";

/** What a room has of Questline: the same as `this.plugins.questline`. */
export type Attached<E extends Events> = Omit<QuestlinePlugin<E>, "pluginName" | "messages">;

const attached = new WeakMap<Room, WeakMap<object, unknown>>();

/**
 * For rooms without plugins, such as Colyseus 0.17's: `this.questline = attach(this, questline)`, first thing in
 * `onCreate`. Does what the plugin does; a second call in the same room, as from a subclass, answers the first one's.
 */
export function attach<E extends Events, A extends Achievements, L extends Leaderboards, S = never>(
  room: Room,
  questline: Questline<E, A, L>,
  options: QuestlinePluginOptions<NoInfer<E>, S> = {},
): Attached<E> {
  const known = attached.get(room) ?? new WeakMap<object, unknown>();
  attached.set(room, known);
  const before = known.get(questline) as Attached<E> | undefined;
  if (before) return before;

  const plugin = questlinePlugin(questline, options);
  known.set(questline, plugin);
  entersDuringCreate(room);
  // As Colyseus 0.18 gives a plugin its room.
  Reflect.set(plugin, "room", room);
  for (const [type, handler] of Object.entries(plugin.messages)) {
    room.onMessage(type, (client: Client, message: unknown) => Reflect.apply(handler, room, [client, message]));
  }
  return plugin;
}
