import { createHash } from "node:crypto";
import type { AuthContext, ServerError } from "@colyseus/core";
import { clientAddress } from "@questline/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { readJwt } from "./colyseus-jwt.ts";
import { hubOf, type QuestlineFeeds } from "./hub.ts";
import type { Player } from "./player.ts";
import { systemClock } from "./runtime/clock.ts";
import { asNoProof, credentialMissing, credentialUnreadable, otherUser, verificationFailed } from "./refuse-join.ts";
import { asOptions, readTokenHeader, takeCredential, type Credential } from "./take-credential.ts";

interface Join {
  /** What came beside the options, by identity; Colyseus's retries bring the same. */
  readonly headers: unknown;
  /** Monotonic ms. */
  readonly at: number;
  /** Digest of what came beside the options and comes again with each call: the header's token, or the bearer. */
  readonly lasting: string | undefined;
  readonly player: Promise<Player>;
}

// Colyseus calls static onAuth again, with the same options object, when a seat is taken in between; a nonce counts once.
const joins = new WeakMap<object, WeakMap<object, Join>>();

/**
 * Verifies who joins, once per join, and deletes the credential from `options` before anything is awaited.
 * The credential is the header `x-meta-token`, or the join option `metaToken`, or `metaUserId` with `metaNonce`, or the
 * bearer `token` of Colyseus (`sdk.auth.token`): a token of Meta's, or one that `questlineEndpoints` gave.
 *
 * Throws `ServerError`: 401 without a (good) credential, 403 for a token of another app or of another user than
 * `metaUserId` says, 429 when too many proofs come at once (from one address: `context.ip`), 503 when the platform cannot tell
 * now (after a nonce: ask for a new one).
 */
export function verifyPlayer<E extends Events, A extends Achievements, L extends Leaderboards>(
  questline: Questline<E, A, L>,
  token: string | undefined,
  options: unknown,
  context?: Pick<AuthContext, "headers"> & Partial<Pick<AuthContext, "ip">>,
): Promise<Player> {
  return verifyFrom(questline, token, options, context, clientAddress(context?.ip));
}

/** `verifyPlayer`, for a client whose address the caller knows. */
export function verifyFrom<E extends Events, A extends Achievements, L extends Leaderboards>(
  questline: Questline<E, A, L>,
  token: string | undefined,
  options: unknown,
  context: Pick<AuthContext, "headers"> | undefined,
  from: string | undefined,
): Promise<Player> {
  // A token may be wanted as soon as the player is known, before the first room of this process exists.
  hubOf(questline);
  const header = readTokenHeader(context);
  const bearer = typeof token === "string" && token !== "" ? token : undefined;
  const credential = takeCredential(options, header, bearer);
  const key = asOptions(options) ?? context;
  const known = joinsOf(questline);
  const join = key && known.get(key);
  const lasting = digestOf(header.kind === "token" ? header.token : bearer);
  const at = systemClock.monotonic();
  if (join && isSameJoin(join, { credential, lasting, headers: context?.headers, at })) return join.player;

  const player = verify(questline, credential, from);
  player.catch(() => {});
  if (key) known.set(key, { lasting, player, headers: context?.headers, at });
  return player;
}

/** Colyseus's retries follow each other at once. */
const RETRIED_WITHIN_MS = 5_000;

interface Again {
  readonly credential: Credential;
  readonly lasting: string | undefined;
  readonly headers: unknown;
  readonly at: number;
}

/**
 * A join brings its credential once; when the same object comes with another one, it is another join. So it is when options
 * that a game keeps come again, for somebody else: with other headers, or later than a retry would.
 */
function isSameJoin(join: Join, { credential, lasting, headers, at }: Again): boolean {
  if (headers !== join.headers || at - join.at > RETRIED_WITHIN_MS) return false;
  if (credential.kind === "none") return true;
  const sent = credential.kind === "token" ? credential.token : credential.kind === "jwt" ? credential.jwt : undefined;
  return sent !== undefined && digestOf(sent) === join.lasting && lasting === join.lasting;
}

async function verify(questline: QuestlineFeeds, credential: Credential, from: string | undefined): Promise<Player> {
  if (credential.kind === "none") throw credentialMissing();
  if (credential.kind === "unreadable") throw credentialUnreadable(credential.problem);
  if (credential.kind === "jwt") {
    const player = await readJwt(questline.users, credential.jwt, hubOf(questline).seldom);
    if ("problem" in player) {
      const refusal = credentialUnreadable(player.problem);
      throw player.isForeign ? asNoProof(refusal) : refusal;
    }
    if (credential.claimedId !== undefined && credential.claimedId !== player.id) throw otherUser();
    return player;
  }
  const user = await ask(questline, credential, from).catch((error: unknown): ServerError => {
    return verificationFailed(credential.kind, error, hubOf(questline).seldom);
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
  from: string | undefined,
): Promise<Player> {
  if (credential.kind === "token") return questline.users.verifyToken(credential.token, { from });
  return questline.users.verifyNonce(credential.userId, credential.nonce, { from });
}

function joinsOf(questline: object): WeakMap<object, Join> {
  let known = joins.get(questline);
  if (!known) joins.set(questline, (known = new WeakMap()));
  return known;
}

function digestOf(token: string | undefined): string | undefined {
  return token === undefined ? undefined : createHash("sha256").update(token).digest("hex");
}
