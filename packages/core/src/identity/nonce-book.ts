import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { AppId, UserId } from "../ids/ids.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

/** Remembers which nonces were sent, by digest, so that none is sent twice. */
export interface NonceBook {
  /** A check of this pair is under way, or has ended. */
  wasSent(userId: UserId, nonce: Secret): boolean;
  /** Writes down a check under way. It stays so however it ends, unless `unsent` says that nothing left. */
  began(userId: UserId, nonce: Secret, check: Promise<unknown>, unsent: (error: unknown) => boolean): void;
}

/** Holds the latest `max` pairs; a nonce lives for minutes, so what falls out has long expired. */
export function createNonceBook(appId: AppId, max: number): NonceBook {
  const book = new LRUCache<string, true>({ max });
  const keyOf = (userId: UserId, nonce: Secret): string =>
    createHash("sha256")
      .update(`${appId}\n${userId}\n${reveal(nonce)}`)
      .digest("base64");
  return {
    wasSent: (userId, nonce) => book.get(keyOf(userId, nonce)) === true,
    began(userId, nonce, check, unsent) {
      const key = keyOf(userId, nonce);
      book.set(key, true);
      check.catch((error: unknown) => {
        if (unsent(error)) book.delete(key);
      });
    },
  };
}
