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

/** A payload for a token that says who vouched for its player. */
export async function vouchedClaims(
  { vouch }: Pick<Users, "vouch">,
  player: Player,
  claims: object,
  goodForMs: number,
): Promise<object> {
  return { ...claims, [VOUCHER]: await vouch({ ...player }, goodForMs) };
}

/** The player that a token's payload or a connection's `auth` was made for, by us. Never rejects. */
export async function playerIn({ vouched }: Pick<Users, "vouched">, auth: object): Promise<Player | undefined> {
  const voucher: unknown = Reflect.get(auth, VOUCHER);
  if (voucher === undefined) return undefined;
  try {
    return await vouched(voucher);
  } catch (error) {
    warn("who vouches for a player could not be checked", { error: wordsOf(error) });
    return undefined;
  }
}

/** A game's own object without what is ours to say. */
export function withoutVoucher(auth: object): Record<string, unknown> {
  const { [VOUCHER]: _voucher, ...rest } = auth as Record<string, unknown>;
  return rest;
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
   * Reads what a connection's `auth` brought, once, and takes the voucher out of it; with `travels`, it stays where JSON is
   * made of it, for a room that hands its players on. Answers undefined, at once, where there is nothing to read.
   */
  meet(client: Client, { travels }: { readonly travels: boolean }): Promise<void> | undefined {
    const { auth }: { readonly auth?: unknown } = client;
    if (!isObject(auth) || !(VOUCHER in auth)) return undefined;
    return this.#read(client, auth, travels);
  }

  async #read(client: Client, auth: object, travels: boolean): Promise<void> {
    const voucher: unknown = Reflect.get(auth, VOUCHER);
    const read = playerIn(this.#users, auth);
    Reflect.deleteProperty(auth, VOUCHER);
    if (travels) travelling(auth, voucher);
    const player = await read;
    if (!player) return;
    // A token may name its player beside an id of the game's own, or a client have written another one there.
    const { id, questline } = auth as { readonly id?: unknown; readonly questline?: unknown };
    if (id !== player.id && (!isObject(questline) || Reflect.get(questline, "id") !== player.id))
      Reflect.set(auth, "questline", { ...player });
    this.#players.set(client, player);
    this.#players.set(auth, player);
  }
}

function travelling<T extends object>(auth: T, voucher: unknown): T {
  const toJSON = (): object => ({ ...auth, [VOUCHER]: voucher });
  return Object.defineProperty(auth, "toJSON", { value: toJSON, enumerable: false, configurable: true });
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
