import { ClientState, type Client, type Room } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import type { QuestlinePluginOptions } from "./plugin-options.ts";
import { hubOf } from "./hub.ts";
import { isNewerThan016 } from "./colyseus-version.ts";
import { connectionOf } from "./connection-of.ts";
import { cleanNextRooms } from "./creator-options.ts";
import { questlinePlugin, type QuestlinePlugin } from "./questline-plugin.ts";
import { dropCredential } from "./take-credential.ts";
import { entersDuringCreate } from "./watch-room.ts";
import { wrapMember } from "./wrap-member.ts";

export type { AuthMode } from "./admission.ts";
export { attachTo, type AttachToOptions, type ShutdownSlots } from "./attach-to.ts";
export type { MatchReceipts } from "./ended-round.ts";
export type { GuestCounts } from "./guest-book.ts";
export type { MatchPlayer } from "./match-player.ts";
export type { MatchStreaks } from "./match-streaks.ts";
export type { MatchWatch, MatchWatches } from "./match-watch.ts";
export type { Guest, Player } from "./player.ts";
export { playerAuth } from "./player-auth.ts";
export {
  questlineAuth,
  type GuestAuth,
  type PlayerAuth,
  type QuestlineAuthOptions,
  type StaticAuth,
} from "./questline-auth.ts";
export { questlineEndpoints, type QuestlineEndpoints, type QuestlineEndpointsOptions } from "./questline-endpoints.ts";
export type { QuestlinePluginOptions } from "./plugin-options.ts";
export type { ResolveUserId } from "./resolve-user-id.ts";
export type { RoundPlayer } from "./roster.ts";
export type { MatchIdOption } from "./round.ts";
export { sqliteStreaks } from "./sqlite-streaks.ts";
export { memoryStreaks, type StreakLengths, type StreakStore } from "./streak-store.ts";
export type { NumberField, Tally } from "./tally.ts";
export { verifyPlayer } from "./verify-player.ts";

/** What `attach` takes. */
export interface AttachOptions<E extends Events = Events, S = never> extends QuestlinePluginOptions<E, S> {
  /**
   * What `onCreate` was given: its creator's credential is taken out. Where it is missing, the first room of a class is
   * given what the creator sent; metadata is cleaned in any case.
   */
  readonly createOptions?: unknown;
}

/** What a room has of Questline: the same as `this.plugins.questline`. */
export type Attached<E extends Events> = Omit<QuestlinePlugin<E>, "pluginName" | "messages">;

/**
 * For rooms without plugins, such as those of Colyseus 0.17 and 0.16: `this.questline = attach(this, questline)`, first thing in
 * `onCreate`. Does what the plugin does; where the room has it already, from a second call as in a
 * subclass or from its `plugins`, answers that one.
 */
export function attach<E extends Events, A extends Achievements, L extends Leaderboards, S = never>(
  room: Room,
  questline: Questline<E, A, L>,
  { createOptions, ...options }: AttachOptions<NoInfer<E>, S> = {},
): Attached<E> {
  dropCredential(createOptions);
  cleanNextRooms(room);
  const before = hubOf(questline).plugins.get(room) as Attached<E> | undefined;
  if (before) return before;

  const plugin = questlinePlugin(questline, options);
  entersDuringCreate(room);
  // As Colyseus 0.18 gives a plugin its room.
  const enterRoom = (): boolean => Reflect.set(plugin, "room", room);
  if (isNewerThan016) enterRoom();
  else tellOfReturns(room, enterRoom);
  for (const [type, handler] of Object.entries(plugin.messages)) {
    room.onMessage(type, (client: Client, message: unknown) => Reflect.apply(handler, room, [client, message]));
  }
  return plugin;
}

/**
 * Colyseus 0.16 has no `onReconnect`: whoever is back is known where the `onLeave` that waited for them ends. A method of
 * that name is the game's own there, and called by nobody else: it is out of sight while the plugin puts its own.
 */
function tellOfReturns(room: Room, enterRoom: () => void): void {
  const own = Object.getOwnPropertyDescriptor(room, "onReconnect");
  Object.defineProperty(room, "onReconnect", { configurable: true, value: undefined });
  enterRoom();
  const { onReconnect: returned } = room;
  Reflect.deleteProperty(room, "onReconnect");
  if (own) Object.defineProperty(room, "onReconnect", own);

  wrapMember(room, "onLeave", (onLeave) => async (client, code) => {
    try {
      return await onLeave?.call(room, client, code);
    } finally {
      const connection = client.state === ClientState.RECONNECTED && connectionOf(room, client.sessionId);
      if (connection) returned?.(connection);
    }
  });
}
