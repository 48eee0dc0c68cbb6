import { createHash } from "node:crypto";
import type { AuthContext, ServerError } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { hubOf, type QuestlineFeeds } from "./hub.ts";
import { credentialMissing, credentialUnreadable, otherUser, verificationFailed } from "./refuse-join.ts";
import { asOptions, readTokenHeader, takeCredential, type Credential, type HeaderValue } from "./take-credential.ts";

/** A player Meta vouches for. Plain and without a credential, as `client.auth` has to be. */
export interface Player {
  /** App-scoped Meta user id, decimal text. */
  readonly id: string;
  /** The Meta user name, where the platform gave one. */
  readonly alias?: string;
}

interface Join {
  /** Digest of the header token the player was verified with. */
  readonly header: string | undefined;
  readonly player: Promise<Player>;
}

// Colyseus calls static onAuth again, with the same options object, when a seat is taken in between; a nonce counts once.
const joins = new WeakMap<object, WeakMap<object, Join>>();

/**
 * Verifies who joins, once per join, and deletes the credential from `options` before anything is awaited.
 * The credential is the header `x-meta-token`, or the join option `metaToken`, or `metaUserId` with `metaNonce`.
 *
 * Throws `ServerError`: 401 without a (good) credential, 403 for a token of another app or of another user than
 * `metaUserId` says, 503 when the platform cannot tell now (after a nonce: ask for a new one).
 * `token`, Colyseus's own bearer token, is not looked at: it also travels in the WebSocket URL.
 */
export function verifyPlayer<E extends Events, A extends Achievements, L extends Leaderboards>(
  questline: Questline<E, A, L>,
  _token: string | undefined,
  options: unknown,
  context?: Pick<AuthContext, "headers">,
): Promise<Player> {
  const header = readTokenHeader(context);
  const credential = takeCredential(options, header);
  const key = asOptions(options) ?? context;
  const known = joinsOf(questline);
  const join = key && known.get(key);
  if (join && isSameJoin(join, credential, header)) return join.player;

  const player = verify(questline, credential);
  player.catch(() => {});
  if (key) known.set(key, { header: digestOf(header), player });
  return player;
}

/** A join brings its credential once; when the same object comes with another one, it is another join. */
function isSameJoin(join: Join, credential: Credential, header: HeaderValue): boolean {
  if (credential.kind === "none") return true;
  return credential.kind === "token" && header.kind === "token" && digestOf(header) === join.header;
}

async function verify(questline: QuestlineFeeds, credential: Credential): Promise<Player> {
  if (credential.kind === "none") throw credentialMissing();
  if (credential.kind === "unreadable") throw credentialUnreadable(credential.problem);
  const user = await ask(questline, credential).catch((error: unknown): ServerError => {
    return verificationFailed(credential.kind, error);
  });
  if (user instanceof Error) throw user;
  if (credential.kind === "token") {
    hubOf(questline).tokens.arrived(user.id);
    if (credential.claimedId !== undefined && credential.claimedId !== user.id) throw otherUser();
  }
  return user.alias === undefined ? { id: user.id } : { id: user.id, alias: user.alias };
}

async function ask(
  questline: QuestlineFeeds,
  credential: Extract<Credential, { kind: "token" | "nonce" }>,
): Promise<Player> {
  if (credential.kind === "token") return questline.users.verifyToken(credential.token);
  return questline.users.verifyNonce(credential.userId, credential.nonce);
}

function joinsOf(questline: object): WeakMap<object, Join> {
  let known = joins.get(questline);
  if (!known) joins.set(questline, (known = new WeakMap()));
  return known;
}

function digestOf(header: HeaderValue): string | undefined {
  return header.kind === "token" ? createHash("sha256").update(header.token).digest("hex") : undefined;
}
