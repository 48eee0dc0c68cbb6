import type { Client } from "@colyseus/core";
import { isPromise } from "./is-promise.ts";
import { wordsOf } from "./log.ts";

/** Finds a connection's app-scoped Meta user id, or undefined while it is not verified. Answers at once, not by a promise. */
export type ResolveUserId = (client: Client) => string | undefined;

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
