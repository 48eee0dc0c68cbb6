import { z } from "zod";
import type { ForeignChange } from "../world/world-api.ts";

const id = z.string("an id as text");
const lifeMs = z.int("milliseconds as a whole number").min(0, "milliseconds, at least 0").optional();

/** `appId` may be left out everywhere: an app-scoped user id says which app is meant. */
export const idsSchema: z.ZodType<{ appId?: string | undefined; userId: string; ttlMs?: number | undefined }> =
  z.strictObject({ appId: id.optional(), userId: id, ttlMs: lifeMs });

export const tokenSchema: z.ZodType<{
  appId?: string | undefined;
  userId: string;
  expiresInMs?: number | undefined;
  token?: string | undefined;
}> = z.strictObject({ appId: id.optional(), userId: id, expiresInMs: lifeMs, token: z.string().optional() });

export const secretSchema: z.ZodType<{ appId: string; secret: string }> = z.strictObject({
  appId: id,
  secret: z.string(),
});

export type ForeignRequest = ForeignChange & { readonly userId: string; readonly apiName: string };

export const foreignSchema: z.ZodType<unknown> = z.strictObject({
  userId: id,
  apiName: z.string(),
  count: z.union([z.int(), z.bigint(), z.string()]).optional(),
  bits: z.string().optional(),
  unlock: z.boolean().optional(),
});
