import type { Client } from "@colyseus/core";
import { isPromise } from "./is-promise.ts";
import { wordsOf } from "./log.ts";
import { isGuest } from "./merge-auth.ts";

/** Finds a connection's app-scoped Meta user id, or undefined while it is not verified. Answers at once, not by a promise. */
export type ResolveUserId = (client: Client) => string | undefined;

const ownAccounts = new WeakSet<object>();

/** This `client.auth` says who somebody is in the game, and nothing of Meta: its `id` and `userId` are the game's. */
export function markOwnAccount(auth: object): void {
  ownAccounts.add(auth);
}

/**
 * What `questlineAuth` left in `client.auth`: `questline.id`, else `id`, else `userId`. Decimal text only, since a game's
 * own accounts often have an `id` of another kind. Nobody for a guest.
 */
export const userIdFromAuth: ResolveUserId = (client) => {
  const auth: unknown = client.auth;
  if (!isRecord(auth)) return undefined;
  const { questline, id, userId } = auth;
  if (isGuest(questline)) return undefined;
  const named = isRecord(questline) ? questline["id"] : undefined;
  const candidates = ownAccounts.has(auth) ? [named] : [named, id, userId];
  return candidates.find((value): value is string => typeof value === "string" && /^\d{1,20}$/.test(value));
};

/** Asks `resolve` with care: whatever it does, the answer is non-empty text or undefined. `problem` is told what is wrong. */
export function carefully(resolve: ResolveUserId, problem: (words: string) => void): ResolveUserId {
  return (client) => {
    try {
      const userId: unknown = resolve(client);
      if (typeof userId === "string") return userId === "" ? undefined : userId;
      if (userId === undefined || userId === null) return undefined;
      const got = isPromise(userId) ? "a promise" : typeof userId;
      problem(`resolveUserId must return the user id as text, or undefined, not ${got}`);
    } catch (error) {
      problem(`resolveUserId threw ${wordsOf(error)}; the player counts as not verified`);
    }
    return undefined;
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
