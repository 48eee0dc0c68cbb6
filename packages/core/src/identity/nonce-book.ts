import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { AppId, UserId } from "../ids/ids.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

/** Remembers which nonces were sent, by digest, so that none is sent twice. */
export interface NonceBook {
  /** The check under way for this pair; `sent` once it has ended; undefined if it was never sent. */
  about(userId: UserId, nonce: Secret): Promise<boolean> | "sent" | undefined;
  /** Writes down a check under way. It stays `sent` however it ends, unless `unsent` says that nothing left. */
  began(userId: UserId, nonce: Secret, check: Promise<boolean>, unsent: (error: unknown) => boolean): void;
}

/** Holds the latest `max` pairs; a nonce lives for minutes, so what falls out has long expired. */
export function createNonceBook(appId: AppId, max: number): NonceBook {
  const book = new LRUCache<string, Promise<boolean> | "sent">({ max });
  const keyOf = (userId: UserId, nonce: Secret): string =>
    createHash("sha256")
      .update(`${appId}\n${userId}\n${reveal(nonce)}`)
      .digest("base64");
  return {
    about: (userId, nonce) => book.get(keyOf(userId, nonce)),
    began(userId, nonce, check, unsent) {
      const key = keyOf(userId, nonce);
      book.set(key, check);
      check.then(
        () => book.set(key, "sent"),
        (error: unknown) => (unsent(error) ? book.delete(key) : book.set(key, "sent")),
      );
    },
  };
}
