import type { AuthContext } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { hubOf } from "./hub.ts";
import { warn } from "./log.ts";
import { guestAuth, mergeAuth } from "./merge-auth.ts";
import type { Guest, Player } from "./player.ts";
import { isNoProof, joinedByServer } from "./refuse-join.ts";
import { vouchedAuth } from "./verified-players.ts";
import { verifyPlayer } from "./verify-player.ts";

type OfTheGame<T extends object> = Omit<T, "sessionId" | "questline">;

/** What ends up in `client.auth`: the player, or the game's own object with the player in it. */
export type PlayerAuth<T extends object> = [keyof T] extends [never]
  ? Player
  : T extends { readonly id: unknown }
    ? OfTheGame<T> & { readonly questline: Player }
    : OfTheGame<T> & Player;

/** What ends up in a guest's `client.auth`: the game's own object, and no player. */
export type GuestAuth<T extends object> = ([keyof T] extends [never] ? unknown : OfTheGame<T>) & {
  readonly questline: Guest;
};

export interface QuestlineAuthOptions<T extends object, G extends boolean = false> {
  /**
   * Lets in whoever brings no proof at all, or a bearer that is the game's own. `client.auth` of such a guest is
   * `{ questline: { guest: true } }`; the plugin keeps a guest's reports out until the guest sends `questline:token`.
   * Wrong proofs are refused as ever. Default false.
   */
  readonly guests?: G;
  /**
   * The game's own check, after Meta vouched for the player; `player` is undefined for a guest. The credential is gone
   * from `options`. Return an object to add to `client.auth`; `true` to add nothing; `false` or `null` to refuse; or
   * throw a `ServerError`. Runs again when Colyseus retries a seat. Default: everybody Meta vouches for may join.
   */
  readonly then?: (
    player: G extends true ? Player | undefined : Player,
    options: unknown,
    context: AuthContext,
  ) => T | boolean | null | Promise<T | boolean | null>;
}

/** A function for `static onAuth`. */
export type StaticAuth<T extends object, G extends boolean = false> = (
  token: string,
  options: unknown,
  context: AuthContext,
) => Promise<PlayerAuth<T> | (G extends true ? GuestAuth<T> : never) | false>;

const MADE_HERE: unique symbol = Symbol.for("questline.auth") as never;

/** A function made here, with what the plugin of its room has to know. */
interface Marked {
  readonly [MADE_HERE]?: { readonly guests: boolean };
}

/**
 * `static onAuth = questlineAuth(questline)`: verifies who joins and makes `client.auth` = `{ id, alias? }`.
 *
 * Code of the server that joins such a room brings no credential: on Colyseus before 0.18 that is refused, on 0.18 nobody is
 * known by it. There, `matchMaker.reserveSeatFor(listing, options, await playerAuth(questline, { id }))`.
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
  G extends boolean = false,
>(questline: Questline<E, A, L>, options: QuestlineAuthOptions<T, G> = {}): StaticAuth<T, G> {
  type Auth = Awaited<ReturnType<StaticAuth<T, G>>>;
  const { guests = false } = options;
  const then = options.then as QuestlineAuthOptions<T, boolean>["then"];
  hubOf(questline);
  const verify = async (...join: Parameters<StaticAuth<T, G>>): Promise<Player | undefined> => {
    try {
      return await verifyPlayer(questline, ...join);
    } catch (error) {
      if (guests && isNoProof(error)) return undefined;
      // Cores before 0.18 ask the hook, too, where no client does.
      const [, , context] = join as Partial<typeof join>;
      if (context === undefined && isNoProof(error)) throw joinedByServer();
      throw error;
    }
  };
  const onAuth: StaticAuth<T, G> = async (token, joinOptions, context) => {
    const player = await verify(token, joinOptions, context);
    const added = then ? await then(player && { ...player }, joinOptions, context) : true;
    if (added === true || (typeof added === "object" && added !== null)) {
      const game = added === true ? {} : added;
      return (player ? await vouchedAuth(questline.users, player, mergeAuth(player, game)) : guestAuth(game)) as Auth;
    }
    if (added === undefined)
      warn("`then` of questlineAuth returned nothing, which refuses the player: return true or an object");
    return false;
  };
  return Object.defineProperty(onAuth, MADE_HERE, { value: { guests: guests === true } });
}

/** True for what `questlineAuth` made. */
export function isQuestlineAuth(value: unknown): boolean {
  return typeof value === "function" && MADE_HERE in value;
}

/** True for what `questlineAuth` made with `guests: true`. */
export function letsGuestsIn(value: unknown): boolean {
  return isQuestlineAuth(value) && (value as Marked)[MADE_HERE]?.guests === true;
}
