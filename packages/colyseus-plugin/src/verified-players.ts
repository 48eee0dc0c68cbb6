import { createHash } from "node:crypto";
import type { Client } from "@colyseus/core";
import type { Users } from "@questline/core";
import { warn, wordsOf } from "./log.ts";
import type { Player } from "./player.ts";

/**
 * Where a voucher travels in `client.auth`, and in the payload of our Colyseus tokens. Everything else there may be what a
 * client wrote: Colyseus's own sign-in signs whatever members it is sent, and its default hook copies them.
 */
const VOUCHER = "questlineVoucher";

/** `auth` as JSON, and only as JSON, with word of who vouched for its player: Colyseus hands it on as JSON. */
export async function vouchedAuth<T extends object>(
  { vouch }: Pick<Users, "vouch">,
  player: Player,
  auth: T,
): Promise<T> {
  const voucher = await vouch({ ...player });
  return travelling(auth, voucher);
}

/** A payload for a token that says who vouched for its player, beside these claims only. */
export async function vouchedClaims(
  { vouch }: Pick<Users, "vouch">,
  player: Player,
  claims: object,
  goodForMs: number,
): Promise<object> {
  return { ...claims, [VOUCHER]: await vouch({ ...player }, { goodForMs, about: digestOf(claims) }) };
}

/** The player that a token's payload or a connection's `auth` was made for, by us. Never rejects. */
export async function playerIn({ vouched }: Pick<Users, "vouched">, auth: object): Promise<Player | undefined> {
  const voucher: unknown = Reflect.get(auth, VOUCHER);
  if (voucher === undefined) return undefined;
  try {
    // Of a token, whose payload Colyseus may have copied here; or of a hook on this server.
    return (await vouched(voucher, digestOf(auth))) ?? (await vouched(voucher));
  } catch (error) {
    warn("who vouches for a player could not be checked", { error: wordsOf(error) });
    return undefined;
  }
}

/** A token's claims, without what comes when it is signed: a voucher must not be moved into a token that says something else. */
function digestOf(claims: object): string {
  const { [VOUCHER]: _voucher, iat: _iat, exp: _exp, ...rest } = claims as Record<string, unknown>;
  return createHash("sha256")
    .update(JSON.stringify(sorted(rest)))
    .digest("base64url");
}

/** The same members in one order, as JSON has them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** A game's own object without what is ours to say. */
export function withoutVoucher(auth: object): Record<string, unknown> {
  const { [VOUCHER]: _voucher, ...rest } = auth as Record<string, unknown>;
  return rest;
}

interface Meeting {
  readonly travels: boolean;
  readonly keeps: boolean;
}

/**
 * Who connections turned out to be. Known by the objects themselves, the connection and its `auth`, which Colyseus hands to
 * the next connection of a session; never by what is written in them.
 */
export class VerifiedPlayers {
  readonly #users: Pick<Users, "vouched">;
  readonly #players = new WeakMap<object, Player>();

  constructor(users: Pick<Users, "vouched">) {
    this.#users = users;
  }

  of(client: Client): Player | undefined {
    const { auth }: { readonly auth?: unknown } = client;
    return this.#players.get(client) ?? (isObject(auth) ? this.#players.get(auth) : undefined);
  }

  /** The connection is this player's, and so is every one that takes over its `auth`. */
  remember(client: Client, player: Player): void {
    this.#players.set(client, player);
    const { auth }: { readonly auth?: unknown } = client;
    if (isObject(auth)) this.#players.set(auth, player);
  }

  /**
   * Reads what a connection's `auth` brought, once, and takes out what only we may say there: the voucher, and `questline`
   * unless we vouched for it, it is a guest's mark, or the game `keeps` it. With `travels`, the voucher stays where JSON is made of it, for a room
   * that hands its players on. Answers undefined, at once, where nothing is to be waited for.
   */
  meet(client: Client, { travels, keeps }: Meeting): Promise<void> | undefined {
    const { auth }: { readonly auth?: unknown } = client;
    if (!isObject(auth) || this.of(client) !== undefined) return undefined;
    const { questline, [VOUCHER]: voucher } = auth as Record<string, unknown>;
    // Read with all it may be about, before anything of that is taken out.
    const read = voucher === undefined ? undefined : playerIn(this.#users, { ...auth });
    if (!keeps && !isGuest(questline)) Reflect.deleteProperty(auth, "questline");
    if (read === undefined) return undefined;
    Reflect.deleteProperty(auth, VOUCHER);
    if (travels) travelling(auth, voucher);
    return this.#remember(client, auth, read, questline !== undefined);
  }

  async #remember(
    client: Client,
    auth: object,
    read: Promise<Player | undefined>,
    hadQuestline: boolean,
  ): Promise<void> {
    const player = await read;
    if (!player) return;
    // As it was, or beside an id of the game's own, or of what a client wrote there.
    if (hadQuestline || Reflect.get(auth, "id") !== player.id) Reflect.set(auth, "questline", { ...player });
    this.#players.set(client, player);
    this.#players.set(auth, player);
  }
}

/** The mark `guestAuth` makes. */
function isGuest(questline: unknown): boolean {
  return isObject(questline) && Reflect.get(questline, "guest") === true && Object.keys(questline).length === 1;
}

function travelling<T extends object>(auth: T, voucher: unknown): T {
  const toJSON = (): object => ({ ...auth, [VOUCHER]: voucher });
  return Object.defineProperty(auth, "toJSON", { value: toJSON, enumerable: false, configurable: true });
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
