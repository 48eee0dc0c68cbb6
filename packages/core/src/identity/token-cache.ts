import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Refusal } from "./identity-refused-error.ts";
import type { VerifiedUser } from "./verified-user.ts";
import type { AppId, UserId } from "../ids/ids.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

/** What is known about one token. `owned`: the platform said whose it is, but not yet that it is for this app. */
export type Knowledge =
  | { readonly state: "owned"; readonly user: VerifiedUser }
  | { readonly state: "verified"; readonly user: VerifiedUser }
  | { readonly state: "refused"; readonly refusal: Refusal; readonly why: string }
  /** The platform would not say, and would not the next time either. */
  | { readonly state: "denied"; readonly error: Error };

/** Names a token without holding it. */
export type TokenDigest = string;

export interface TokenCacheOptions {
  readonly appId: AppId;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxUsers: number;
  readonly positiveTtlMs: number;
  readonly negativeTtlMs: number;
}

/** What is known about tokens, by digest, and the latest good token of each user. Bounded; the least used goes first. */
export interface TokenCache {
  digest(token: Secret): TokenDigest;
  about(token: TokenDigest): Knowledge | undefined;
  learn(token: TokenDigest, knowledge: Knowledge): void;
  tokenOf(userId: UserId): Secret | undefined;
  keep(userId: UserId, token: Secret): void;
  /** Drops the user's token; with `only`, just if it is that one. */
  drop(userId: UserId, only?: TokenDigest): void;
  /** Every user's token, the least used first; afterwards none is held. */
  takeTokens(): ReadonlyMap<string, Secret>;
  /** Drops all that is known of a user and of every token of theirs. */
  forgetUser(userId: UserId): void;
}

interface Entry {
  readonly knowledge: Knowledge;
  readonly until: number;
}

export function createTokenCache(options: TokenCacheOptions): TokenCache {
  const { appId, clock, random, maxUsers, positiveTtlMs, negativeTtlMs } = options;
  // Apart, so that no number of wrong tokens pushes out what is known of good ones.
  const good = new LRUCache<string, Entry>({ max: maxUsers * 2 });
  const refused = new LRUCache<string, Entry>({ max: maxUsers });
  const tokens = new LRUCache<string, Secret>({ max: maxUsers });

  const digest = (token: Secret): TokenDigest =>
    createHash("sha256")
      .update(`${appId}\n${reveal(token)}`)
      .digest("base64");
  const keyOf = (userId: UserId): string => `${appId}\n${userId}`;

  return {
    digest,
    about(token) {
      for (const known of [refused, good]) {
        const entry = known.get(token);
        if (entry === undefined) continue;
        if (clock.monotonic() < entry.until) return entry.knowledge;
        known.delete(token);
      }
      return undefined;
    },
    learn(token, knowledge) {
      const isBad = knowledge.state === "refused" || knowledge.state === "denied";
      const ttlMs = isBad ? negativeTtlMs : positiveTtlMs;
      // Up to a tenth earlier, so that a server full of players who joined together does not ask again together.
      const until = clock.monotonic() + ttlMs * (1 - 0.1 * random.next());
      const [known, other] = isBad ? [refused, good] : [good, refused];
      other.delete(token);
      known.set(token, { knowledge, until });
    },
    tokenOf: (userId) => tokens.get(keyOf(userId)),
    keep: (userId, token) => void tokens.set(keyOf(userId), token),
    takeTokens() {
      const taken = new Map<string, Secret>();
      for (const key of tokens.rkeys()) {
        const token = tokens.peek(key);
        if (token !== undefined) taken.set(key.slice(keyOf("" as UserId).length), token);
      }
      tokens.clear();
      return taken;
    },
    forgetUser(userId) {
      tokens.delete(keyOf(userId));
      for (const [token, { knowledge }] of good)
        if ("user" in knowledge && knowledge.user.id === userId) good.delete(token);
    },
    drop(userId, only) {
      const held = tokens.peek(keyOf(userId));
      if (held !== undefined && (only === undefined || digest(held) === only)) tokens.delete(keyOf(userId));
    },
  };
}
