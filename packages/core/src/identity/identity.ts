import { IdentityRefusedError, type Refusal } from "./identity-refused-error.ts";
import { createNonceBook, type NonceBook } from "./nonce-book.ts";
import { createTokenCache, type TokenCache, type TokenDigest } from "./token-cache.ts";
import type { VerifiedUser } from "./verified-user.ts";
import { isGraphError } from "../errors/graph-error.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { asAppId, asUserId, shownId, type UserId } from "../ids/ids.ts";
import { createSingleFlight, type SingleFlight } from "../resilience/single-flight.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { credentialProblem } from "../secrets/credential-text.ts";
import { secret, type Secret } from "../secrets/secret.ts";

/** The calls that identity is made of; a `GraphClient`'s `users` fits. */
export interface IdentityCalls {
  /** With the user token: whose it is. */
  me(userToken: Secret): Promise<VerifiedUser>;
  /** With the app token: a user of this app; rejects with `not_found` for anybody else. */
  get(userId: string): Promise<VerifiedUser>;
  /** With the app token, once: whether the nonce is that user's. */
  validateNonce(userId: string, nonce: Secret): Promise<boolean>;
}

export interface IdentityOptions {
  readonly users: IdentityCalls;
  readonly clock: Clock;
  readonly random: Random;
  readonly appId: string;
  /** Users whose tokens are kept. Default 10 000. */
  readonly maxUsers?: number | undefined;
  /** How long an accepted token is not asked about again, ms. Default 600 000. */
  readonly positiveTtlMs?: number | undefined;
  /** How long a refused token is refused without asking, ms. Default 10 000. */
  readonly negativeTtlMs?: number | undefined;
}

/** Who players are, and the tokens that act for them; in memory only. */
export interface Identity {
  /**
   * Whose token this is, proven to be for this app: `/me` alone does not prove that. Throws `bad_input` (nothing was
   * sent), `identity_refused`, or a `GraphError` when the platform could not say.
   */
  verifyToken(token: string): Promise<VerifiedUser>;
  /**
   * Checks a single-use proof, sent once ever. Throws `bad_input`, `identity_refused`, `ambiguous` (ask for a fresh
   * nonce) or a `GraphError`.
   */
  verifyNonce(userId: string, nonce: string): Promise<VerifiedUser>;
  /** Verifies a token and that it is `userId`'s. Throws as `verifyToken`. */
  provideToken(userId: string, token: string): Promise<VerifiedUser>;
  /** The latest good token of a user. */
  tokenOf(userId: string): Secret | undefined;
  /** Takes back a token that was verified by an earlier process; without a question, since a delivery will tell. */
  restore(userId: string, token: Secret): void;
  /** The platform refused the user's token: it is dropped (if `token` is still the one), and not asked about again at once. */
  forget(userId: string, token?: Secret): void;
}

/** Throws `bad_input` for a wrong app id. */
export function createIdentity(options: IdentityOptions): Identity {
  return new UserIdentity(options);
}

class UserIdentity implements Identity {
  readonly #users: IdentityCalls;
  readonly #tokens: TokenCache;
  readonly #nonces: NonceBook;
  readonly #flights: SingleFlight<VerifiedUser> = createSingleFlight();

  constructor(options: IdentityOptions) {
    const { users, clock, random, maxUsers = 10_000, positiveTtlMs = 600_000, negativeTtlMs = 10_000 } = options;
    const appId = asAppId(options.appId);
    if (appId === undefined) throw badInput(`appId must be decimal text, not ${shownId(options.appId)}.`);
    if (!Number.isSafeInteger(maxUsers) || maxUsers < 1) throw badInput("maxUsers must be a whole number above 0.");
    this.#users = users;
    this.#tokens = createTokenCache({ appId, clock, random, maxUsers, positiveTtlMs, negativeTtlMs });
    this.#nonces = createNonceBook(appId, maxUsers);
  }

  async verifyToken(token: string): Promise<VerifiedUser> {
    const wrapped = credential(token, "the user token", "user-token");
    const digest = this.#tokens.digest(wrapped);
    const user = await this.#flights.run(digest, () => this.#ask(wrapped, digest));
    return { ...user };
  }

  async verifyNonce(userId: string, nonce: string): Promise<VerifiedUser> {
    const id = checkedUserId(userId);
    const wrapped = credential(nonce, "the nonce", "nonce");
    let check = this.#nonces.about(id, wrapped);
    if (check === "sent")
      throw refused(
        "nonce",
        "This nonce was used before; it is good for one check. Ask the player's client for a fresh one.",
      );
    if (check === undefined) {
      check = this.#users.validateNonce(id, wrapped);
      this.#nonces.began(id, wrapped, check, neverLeft);
    }
    if (!(await check))
      throw refused("nonce", "The platform refused the nonce: spent, expired, or of another user or app.");
    return { id };
  }

  async provideToken(userId: string, token: string): Promise<VerifiedUser> {
    const id = checkedUserId(userId);
    const user = await this.verifyToken(token);
    if (user.id !== id)
      throw refused("other-user", "The user token belongs to another user than the one it was provided for.");
    return user;
  }

  tokenOf(userId: string): Secret | undefined {
    const id = asUserId(userId);
    return id === undefined ? undefined : this.#tokens.tokenOf(id);
  }

  restore(userId: string, token: Secret): void {
    const id = asUserId(userId);
    if (id !== undefined && this.#tokens.about(this.#tokens.digest(token))?.state !== "refused")
      this.#tokens.keep(id, token);
  }

  forget(userId: string, token?: Secret): void {
    const id = asUserId(userId);
    if (id === undefined) return;
    const gone = token ?? this.#tokens.tokenOf(id);
    if (gone === undefined) return;
    const digest = this.#tokens.digest(gone);
    this.#tokens.drop(id, digest);
    this.#tokens.learn(digest, { state: "refused", refusal: "token", why: REFUSED_BY_PLATFORM });
  }

  /** Only what the platform said itself is remembered; an outage is nobody's refusal. */
  async #ask(token: Secret, digest: TokenDigest): Promise<VerifiedUser> {
    const known = this.#tokens.about(digest);
    if (known?.state === "refused") throw refused(known.refusal, known.why);
    if (known?.state === "verified") {
      this.#tokens.keep(known.user.id, token);
      return known.user;
    }
    const owner = known?.user ?? (await this.#owner(token, digest));
    const user = await this.#ofThisApp(owner, digest);
    // A refusal may have been learned while the second answer was on its way.
    const meanwhile = this.#tokens.about(digest);
    if (meanwhile?.state === "refused") throw refused(meanwhile.refusal, meanwhile.why);
    this.#tokens.learn(digest, { state: "verified", user });
    this.#tokens.keep(user.id, token);
    return user;
  }

  async #owner(token: Secret, digest: TokenDigest): Promise<VerifiedUser> {
    try {
      const user = await this.#users.me(token);
      this.#tokens.learn(digest, { state: "owned", user });
      return user;
    } catch (error) {
      if (!isGraphError(error) || error.code !== "user_token") throw error;
      throw this.#refuse(digest, "token", REFUSED_BY_PLATFORM, error);
    }
  }

  async #ofThisApp(owner: VerifiedUser, digest: TokenDigest): Promise<VerifiedUser> {
    try {
      const { alias = owner.alias } = await this.#users.get(owner.id);
      return { id: owner.id, ...(alias === undefined ? {} : { alias }) };
    } catch (error) {
      if (!isGraphError(error) || (error.code !== "not_found" && error.code !== "invalid_parameter")) throw error;
      throw this.#refuse(
        digest,
        "other-app",
        "The user token is not of this app, which does not know its user: it is of another app, or of account linking, whose users have org-scoped ids.",
        error,
      );
    }
  }

  #refuse(digest: TokenDigest, refusal: Refusal, why: string, cause: unknown): QuestlineError {
    this.#tokens.learn(digest, { state: "refused", refusal, why });
    return refused(refusal, why, cause);
  }
}

const REFUSED_BY_PLATFORM =
  "The platform refused the user token: wrong, expired or revoked. Ask the player's client for a fresh one.";

const badInput = (message: string): QuestlineError => new QuestlineError("bad_input", message);

const refused = (refusal: Refusal, why: string, cause?: unknown): QuestlineError =>
  new IdentityRefusedError(refusal, why, cause === undefined ? undefined : { cause });

/** Not a byte of it was handed over, so the nonce is as good as before. */
const neverLeft = (error: unknown): boolean =>
  isGraphError(error) && error.applied === "no" && error.status === undefined;

function checkedUserId(userId: unknown): UserId {
  const id = asUserId(userId);
  if (id === undefined)
    throw badInput(`The user id must be the app-scoped id as decimal text, not ${shownId(userId)}.`);
  return id;
}

function credential(value: unknown, what: string, kind: string): Secret {
  const problem = credentialProblem(value);
  if (problem !== undefined) throw badInput(`${what[0]?.toUpperCase()}${what.slice(1)} ${problem}.`);
  return secret(kind, value as string);
}
