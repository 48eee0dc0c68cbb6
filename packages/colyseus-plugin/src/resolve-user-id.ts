import type { Client } from "@colyseus/core";
import { isGuest } from "./merge-auth.ts";

/** Finds a connection's app-scoped Meta user id, or undefined while it is not verified. */
export type ResolveUserId = (client: Client) => string | undefined;

/** What `questlineAuth` left in `client.auth`: `questline.id`, else `id`, else `userId`; text only. Nobody for a guest. */
export const userIdFromAuth: ResolveUserId = (client) => {
  const auth: unknown = client.auth;
  if (!isRecord(auth)) return undefined;
  const { questline, id, userId } = auth;
  if (isGuest(questline)) return undefined;
  const candidates = [isRecord(questline) ? questline["id"] : undefined, id, userId];
  return candidates.find((value): value is string => typeof value === "string" && value !== "");
};

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
