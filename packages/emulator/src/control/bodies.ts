import { z } from "zod";
import { TERMS, type Term, type TrialType } from "../world/catalogue.ts";
import type { ForeignChange } from "../world/world-api.ts";

export const text: z.ZodType<string> = z.string("text");
export const lifeMs: z.ZodType<number> = z
  .int("milliseconds as a whole number")
  .min(0, "milliseconds, at least 0")
  .max(8_640_000_000_000, "milliseconds, at most a hundred thousand days");
const id = z.string("an id as text");

export const userIdSchema: z.ZodType<{ userId: string }> = z.strictObject({ userId: id });
export const userSkuSchema: z.ZodType<{ userId: string; sku: string }> = z.strictObject({ userId: id, sku: text });

/** `appId` may be left out everywhere: an app-scoped user id says which app is meant. */
export const idsSchema: z.ZodType<{ appId?: string | undefined; userId: string; ttlMs?: number | undefined }> =
  z.strictObject({ appId: id.optional(), userId: id, ttlMs: lifeMs.optional() });

export const tokenSchema: z.ZodType<{
  appId?: string | undefined;
  userId: string;
  expiresInMs?: number | undefined;
  token?: string | undefined;
}> = z.strictObject({ appId: id.optional(), userId: id, expiresInMs: lifeMs.optional(), token: text.optional() });

export const secretSchema: z.ZodType<{ appId: string; secret: string }> = z.strictObject({
  appId: id,
  secret: z.string(),
});

export const buyingSchema: z.ZodType<{
  userId: string;
  sku: string;
  granted?: boolean | undefined;
  developerPayload?: string | undefined;
  expiresInMs?: number | undefined;
}> = z.strictObject({
  userId: id,
  sku: text,
  granted: z.boolean().optional(),
  developerPayload: text.optional(),
  expiresInMs: lifeMs.optional(),
});

export const subscribingSchema: z.ZodType<{
  userId: string;
  sku: string;
  term?: Term | undefined;
  trial?: TrialType | undefined;
}> = z.strictObject({
  userId: id,
  sku: text,
  term: z.enum(TERMS as [Term, ...Term[]]).optional(),
  trial: z.enum(["FREE_TRIAL", "INTRO_OFFER"]).optional(),
});

export const attestationSchema: z.ZodType<unknown> = z.strictObject({
  nonce: text,
  device: text.optional(),
  appId: id.optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
  forged: z.boolean().optional(),
  expiresInMs: lifeMs.optional(),
});

export type ForeignRequest = ForeignChange & { readonly userId: string; readonly apiName: string };

export const foreignSchema: z.ZodType<unknown> = z.strictObject({
  userId: id,
  apiName: z.string(),
  count: z.union([z.int(), z.bigint(), z.string()]).optional(),
  bits: z.string().optional(),
  unlock: z.boolean().optional(),
});
