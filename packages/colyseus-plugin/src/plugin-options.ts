import type { Events } from "@questline/core";
import type { AuthMode } from "./admission.ts";
import type { GuestCounts } from "./guest-book.ts";
import type { MatchPlayer } from "./match-player.ts";
import type { MatchStreaks } from "./match-streaks.ts";
import type { MatchWatch, MatchWatches } from "./match-watch.ts";
import type { ResolveUserId } from "./resolve-user-id.ts";
import type { MatchIdOption } from "./round.ts";

/** What the monitor may show of a room's plugin. */
export interface PluginView {
  readonly matchId: string;
  readonly players: number;
  /** Reports that were refused. */
  readonly refused: number;
  readonly guestReports?: GuestCounts;
}

/** What `questlinePlugin` and `attach` take. */
export interface QuestlinePluginOptions<E extends Events = Events, S = never> {
  /**
   * The match id: text for the room's first round only, or a function asked once for every round. Give one where a room
   * that comes back after a crash goes on with the same match. Default: `questline.newMatchId(roomId)` for every round.
   */
  readonly matchId?: MatchIdOption;
  /**
   * Finds the app-scoped Meta user id, at once, where the game knows by itself who is who; then its word alone counts. Never
   * of what a token says. Default: whoever Questline verified or vouched for.
   */
  readonly resolveUserId?: ResolveUserId;
  /**
   * For rooms without `static onAuth = questlineAuth(questline)`: verifies players as they connect, by the join options
   * or Colyseus's bearer. `required` refuses everybody else with 401; `guests` lets them play, keeps their reports out,
   * and makes them when the guest sends `questline:token` in the same session. Default: nobody is verified here.
   */
  readonly auth?: AuthMode;
  /** Sends notices (docs/notifications.md) to the player's connection. Default true. */
  readonly notify?: boolean;
  /**
   * Sees the match end in the room's state or in a broadcast and reports it, as `endMatch` would: one watch, or several
   * for rooms that end in several ways or with several events. Default: nothing.
   */
  readonly watch?: MatchWatch<E, S> | MatchWatches<E, S>;
  /**
   * What the game knows of somebody who drops out or leaves, for the end of the match: asked at once, before the room's own
   * `onDrop` and `onLeave`, and shown to `results` and `endMatch` as `player.atLeave`. Default: nothing is kept.
   */
  readonly leaving?: (player: MatchPlayer<E>, state: S) => unknown;
  /** Keeps streaks across matches, readable as `player.streak(name)`. Default: none. */
  readonly streaks?: MatchStreaks<E>;
  /** Sends `questline:progress` when a count or bitfield went on. Default false. */
  readonly progress?: boolean;
  /** Reads the player's place before `questline:recorded` is sent, and puts it in as `rank`. Default false. */
  readonly ranks?: boolean;
}
