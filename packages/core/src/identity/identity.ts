import { isIP } from "node:net";
import { clientAddress } from "./client-address.ts";
import { IdentityBusyError } from "./identity-busy-error.ts";
import { IdentityRefusedError, type Refusal } from "./identity-refused-error.ts";
import { createNonceBook, type NonceBook } from "./nonce-book.ts";
import { DEFAULT_PROOF_LIMITS, ProofGate, type ProofLimits } from "./proof-gate.ts";
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
  readonly limits?: ProofLimits | undefined;
}

/** Where a proof comes from. */
export interface ProofOrigin {
  /**
   * The client's address, or other text that tells clients apart and that nobody can have many of. An address of this
   * machine or a private network counts as none: it is mostly a proxy's.
   */
  readonly from?: string | undefined;
}

/** Who players are, and the tokens that act for them; in memory only. */
export interface Identity {
  /**
   * Whose token this is, proven to be for this app: `/me` alone does not prove that. Throws `bad_input` (nothing was
   * sent), `identity_busy` (neither), `identity_refused`, or a `GraphError` when the platform could not say.
   */
  verifyToken(token: string, origin?: ProofOrigin): Promise<VerifiedUser>;
  /**
   * Checks a single-use proof, sent once ever. Throws `bad_input`, `identity_refused`, `ambiguous` (ask for a fresh
   * nonce) or a `GraphError`.
   */
  verifyNonce(userId: string, nonce: string, origin?: ProofOrigin): Promise<VerifiedUser>;
  /** Verifies a token and that it is `userId`'s. Throws as `verifyToken`. */
  provideToken(userId: string, token: string): Promise<VerifiedUser>;
  /** The latest good token of a user. */
  tokenOf(userId: string): Secret | undefined;
  /** Takes back a token that was verified by an earlier process; without a question, since a delivery will tell. */
  restore(userId: string, token: Secret): void;
  /** The platform refused the user's token: it is dropped (if `token` is still the one), and not asked about again at once. */
  forget(userId: string, token?: Secret): void;
  /** The tokens that act for users, by user, the least used first; afterwards none is held here. */
  takeTokens(): ReadonlyMap<string, Secret>;
  /** Drops all that is known of a user. */
  forgetUser(userId: string): void;
}

/** Throws `bad_input` for a wrong app id. */
export function createIdentity(options: IdentityOptions): Identity {
  return new UserIdentity(options);
}

class UserIdentity implements Identity {
  readonly #users: IdentityCalls;
  readonly #tokens: TokenCache;
  readonly #nonces: NonceBook;
  readonly #gate: ProofGate;
  readonly #flights: SingleFlight<VerifiedUser> = createSingleFlight();
  /** Of each verification that is under way, the users forgotten since it began. */
  readonly #underWay = new Set<Set<string>>();
  /** Who verifies a token after somebody was forgotten does not join those who began before. */
  #forgotten = 0;

  constructor(options: IdentityOptions) {
    const { users, clock, random, maxUsers = 10_000, positiveTtlMs = 600_000, negativeTtlMs = 10_000 } = options;
    const appId = asAppId(options.appId);
    if (appId === undefined) throw badInput(`appId must be decimal text, not ${shownId(options.appId)}.`);
    if (!Number.isSafeInteger(maxUsers) || maxUsers < 1) throw badInput("maxUsers must be a whole number above 0.");
    this.#users = users;
    this.#tokens = createTokenCache({ appId, clock, random, maxUsers, positiveTtlMs, negativeTtlMs });
    this.#nonces = createNonceBook(appId, maxUsers);
    this.#gate = new ProofGate({ ...DEFAULT_PROOF_LIMITS, ...options.limits }, clock);
  }

  async verifyToken(token: string, origin: ProofOrigin = {}): Promise<VerifiedUser> {
    const from = tellingApart(origin);
    const wrapped = credential(token, "the user token", "user-token");
    const digest = this.#tokens.digest(wrapped);
    const user = await this.#flights.run(`${this.#forgotten} ${digest}`, async () => {
      // What is known already costs nobody anything.
      const known = this.#knownAs(wrapped, digest);
      return known ?? this.#gate.pass(from, () => this.#verify(wrapped, digest));
    });
    return { ...user };
  }

  async verifyNonce(userId: string, nonce: string, origin: ProofOrigin = {}): Promise<VerifiedUser> {
    const from = tellingApart(origin);
    const id = checkedUserId(userId);
    const wrapped = credential(nonce, "the nonce", "nonce");
    // It proves who one connection is: a second one that shows it meanwhile has it from somewhere else.
    if (this.#nonces.wasSent(id, wrapped))
      throw refused(
        "nonce",
        "This nonce was used before; it is good for one check. Ask the player's client for a fresh one.",
      );
    const check = this.#gate.pass(from, async () => {
      if (!(await this.#users.validateNonce(id, wrapped)))
        throw refused("nonce", "The platform refused the nonce: spent, expired, or of another user or app.");
    });
    this.#nonces.began(id, wrapped, check, neverLeft);
    await check;
    return { id };
  }

  async provideToken(userId: string, token: string): Promise<VerifiedUser> {
    const id = checkedUserId(userId);
    // A known player's own bound: nobody else's proofs stand in its way, and it stands in nobody's.
    const user = await this.verifyToken(token, { from: `user ${id}` });
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

  takeTokens(): ReadonlyMap<string, Secret> {
    return this.#tokens.takeTokens();
  }

  forgetUser(userId: string): void {
    const id = asUserId(userId);
    if (id === undefined) return;
    this.#tokens.forgetUser(id);
    this.#forgotten += 1;
    for (const forgotten of this.#underWay) forgotten.add(id);
  }

  /** Whose token it is, where that is known; throws what the platform said of it before. */
  #knownAs(token: Secret, digest: TokenDigest): VerifiedUser | undefined {
    const known = this.#tokens.about(digest);
    if (known?.state === "refused") throw refused(known.refusal, known.why);
    if (known?.state === "denied") throw known.error;
    if (known?.state !== "verified") return undefined;
    this.#tokens.keep(known.user.id, token);
    return known.user;
  }

  async #verify(token: Secret, digest: TokenDigest): Promise<VerifiedUser> {
    const forgotten = new Set<string>();
    this.#underWay.add(forgotten);
    try {
      return await this.#ask(token, digest, forgotten);
    } finally {
      this.#underWay.delete(forgotten);
    }
  }

  /**
   * Only what the platform said itself is remembered; an outage is nobody's refusal. Of a user who is `forgotten` meanwhile
   * nothing is.
   */
  async #ask(token: Secret, digest: TokenDigest, forgotten: ReadonlySet<string>): Promise<VerifiedUser> {
    const known = this.#tokens.about(digest);
    const owner = known?.state === "owned" ? known.user : await this.#owner(token, digest, forgotten);
    const user = await this.#ofThisApp(owner, digest);
    // A refusal may have been learned while the second answer was on its way.
    this.#knownAs(token, digest);
    if (forgotten.has(user.id)) return user;
    this.#tokens.learn(digest, { state: "verified", user });
    this.#tokens.keep(user.id, token);
    return user;
  }

  async #owner(token: Secret, digest: TokenDigest, forgotten: ReadonlySet<string>): Promise<VerifiedUser> {
    try {
      const user = await this.#users.me(token);
      if (!forgotten.has(user.id)) this.#tokens.learn(digest, { state: "owned", user });
      return user;
    } catch (error) {
      if (isGraphError(error) && error.code === "user_token")
        throw this.#refuse(digest, "token", REFUSED_BY_PLATFORM, error);
      // A token of an app that may not ask, or this app may not: either way the next answer is the same for a while.
      if (isGraphError(error) && error.code === "permission") this.#tokens.learn(digest, { state: "denied", error });
      throw error;
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

const tellingApart = ({ from }: ProofOrigin): string | undefined =>
  from === undefined || isIP(from) === 0 ? from : clientAddress(from);

const badInput = (message: string): QuestlineError => new QuestlineError("bad_input", message);

const refused = (refusal: Refusal, why: string, cause?: unknown): QuestlineError =>
  new IdentityRefusedError(refusal, why, cause === undefined ? undefined : { cause });

/** Not a byte of it was handed over, so the nonce is as good as before. */
const neverLeft = (error: unknown): boolean =>
  error instanceof IdentityBusyError || (isGraphError(error) && error.applied === "no" && error.status === undefined);

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
