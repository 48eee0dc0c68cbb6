import type { Identity } from "./identity/identity.ts";
import type { Logger } from "./runtime/log.ts";
import { errorText } from "./secrets/error-text.ts";
import type { Sealer } from "./secrets/seal.ts";
import { reveal, secret } from "./secrets/secret.ts";
import type { Secret } from "./secrets/secret.ts";
import type { LaneStore } from "./store/lane-store.ts";
import type { Clock } from "./runtime/clock.ts";

export interface TokenVaultParts {
  readonly app: string;
  readonly identity: Pick<Identity, "tokenOf" | "restore" | "forget" | "takeTokens">;
  readonly store: Pick<LaneStore, "keepToken" | "sealedToken" | "dropToken">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absent: tokens live in memory only. */
  readonly sealer?: Sealer | undefined;
}

/** The tokens of one vault, for another one of the same app: maybe of another copy of this module, which must make its own. */
export interface TokensGiven {
  readonly tokens: ReadonlyMap<string, Secret>;
  readonly reveal: (token: Secret) => string;
}

/** Players' tokens where deliveries find them: in memory, and sealed in the store so that they outlive the process. */
export class TokenVault {
  readonly #parts: TokenVaultParts;
  /** Users whose tokens are being deleted. */
  readonly #unkept = new Set<string>();
  /** Deletions that have ended. */
  #deletions = 0;

  constructor(parts: TokenVaultParts) {
    this.#parts = parts;
  }

  tokenOf(user: string): Secret | undefined {
    return this.#parts.identity.tokenOf(user);
  }

  /** Whatever is in memory; afterwards nothing is. */
  give(): TokensGiven {
    return { tokens: this.#parts.identity.takeTokens(), reveal };
  }

  /** Tokens that came here already are newer. */
  receive(given: TokensGiven): void {
    const { identity } = this.#parts;
    for (const [user, token] of given.tokens)
      if (identity.tokenOf(user) === undefined) identity.restore(user, secret("user-token", given.reveal(token)));
  }

  /** Writes down the user's latest token. A store that cannot is logged: the token is still good in memory. */
  async keep(user: string): Promise<void> {
    const { app, identity, store, sealer, clock } = this.#parts;
    const token = identity.tokenOf(user);
    if (sealer === undefined || token === undefined || this.#unkept.has(user)) return;
    await this.#softly(() => store.keepToken(app, user, sealer.seal(token, context(app, user)), clock.now()));
  }

  /** True once a token that acts for the user is in memory, if need be out of the store. */
  async ready(user: string): Promise<boolean> {
    const { app, identity, store, sealer } = this.#parts;
    if (identity.tokenOf(user) !== undefined) return true;
    if (sealer === undefined) return false;
    const deletions = this.#deletions;
    const sealed = await this.#softly(() => store.sealedToken(app, user));
    // What was read may be deleted by now.
    if (deletions !== this.#deletions) return this.ready(user);
    const token = sealed === undefined ? undefined : sealer.open(sealed, context(app, user), "user-token");
    if (sealed !== undefined && token === undefined) await this.#softly(() => store.dropToken(app, user));
    if (token !== undefined) identity.restore(user, token);
    if (token !== undefined && sealed !== undefined && sealer.isOld?.(sealed, context(app, user)) === true)
      await this.keep(user);
    return identity.tokenOf(user) !== undefined;
  }

  /** While `work` deletes what is kept of a user, nothing is written down anew; afterwards, what is still known. */
  async withoutKeeping(user: string, work: () => Promise<void>): Promise<void> {
    this.#unkept.add(user);
    try {
      await work();
    } finally {
      this.#unkept.delete(user);
      this.#deletions += 1;
      await this.keep(user);
    }
  }

  /** The platform refused this token of the user's. */
  async forget(user: string, token: Secret): Promise<void> {
    const { app, identity, store, sealer } = this.#parts;
    identity.forget(user, token);
    // A fresh one may have come meanwhile; it has replaced the refused one in the store, too.
    if (sealer !== undefined && identity.tokenOf(user) === undefined)
      await this.#softly(() => store.dropToken(app, user));
  }

  async #softly<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#parts.logger.warn({ error: errorText(error) }, "A player's sealed token could not be written or read.");
      return undefined;
    }
  }
}

const context = (app: string, user: string): string => `${app}\n${user}`;
