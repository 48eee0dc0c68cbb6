import type { AuthContext } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { hubOf } from "./hub.ts";
import { warn } from "./log.ts";
import { mergeAuth } from "./merge-auth.ts";
import type { Player } from "./player.ts";
import { verifyPlayer } from "./verify-player.ts";

/** What ends up in `client.auth`: the player, or the game's own object with the player in it. */
export type PlayerAuth<T extends object> = [keyof T] extends [never]
  ? Player
  : T extends { readonly id: unknown }
    ? Omit<T, "sessionId" | "questline"> & { readonly questline: Player }
    : Omit<T, "sessionId" | "questline"> & Player;

export interface QuestlineAuthOptions<T extends object> {
  /**
   * The game's own check, after Meta vouched for the player. The credential is gone from `options`.
   * Return an object to add to `client.auth`; `true` to add nothing; `false` or `null` to refuse; or throw a
   * `ServerError`. Runs again when Colyseus retries a seat. Default: everybody Meta vouches for may join.
   */
  readonly then?: (
    player: Player,
    options: unknown,
    context: AuthContext,
  ) => T | boolean | null | Promise<T | boolean | null>;
}

/** A function for `static onAuth`. */
export type StaticAuth<T extends object> = (
  token: string,
  options: unknown,
  context: AuthContext,
) => Promise<PlayerAuth<T> | false>;

const MADE_HERE: unique symbol = Symbol.for("questline.auth") as never;

/**
 * `static onAuth = questlineAuth(questline)`: verifies who joins and makes `client.auth` = `{ id, alias? }`.
 *
 * With `then`, the object it returns is merged with `{ id, alias? }`. If that object has an `id` of its own, the game's
 * `id` stays and Meta's player is kept as `questline: { id, alias? }`. `client.auth` is plain JSON; a `sessionId` in it
 * is dropped, since Colyseus would take it as the session's. The function throws as `verifyPlayer`.
 */
export function questlineAuth<
  E extends Events,
  A extends Achievements,
  L extends Leaderboards,
  T extends object = Readonly<Record<never, never>>,
>(questline: Questline<E, A, L>, options: QuestlineAuthOptions<T> = {}): StaticAuth<T> {
  const { then } = options;
  hubOf(questline);
  const onAuth: StaticAuth<T> = async (token, joinOptions, context) => {
    const player = await verifyPlayer(questline, token, joinOptions, context);
    const added = then ? await then({ ...player }, joinOptions, context) : true;
    if (added === true) return mergeAuth(player, {}) as PlayerAuth<T>;
    if (typeof added === "object" && added !== null) return mergeAuth(player, added) as PlayerAuth<T>;
    if (added === undefined)
      warn("`then` of questlineAuth returned nothing, which refuses the player: return true or an object");
    return false;
  };
  return Object.defineProperty(onAuth, MADE_HERE, { value: true });
}

/** True for what `questlineAuth` made. */
export function isQuestlineAuth(value: unknown): boolean {
  return typeof value === "function" && MADE_HERE in value;
}
