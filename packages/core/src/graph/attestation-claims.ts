import * as z from "zod";
import { flag, parseExactJson, unixSeconds } from "../wire/json.ts";
import { partOf, rowOf, type Raw } from "../wire/row.ts";

/** What a genuine token says; every member may be missing, and newer ones stand under `raw`. */
export interface AttestationClaims extends Raw {
  /** The challenge it answers, verbatim. */
  readonly nonce?: string;
  readonly madeAt?: Date;
  readonly expiresAt?: Date;
  /** `StoreRecognized`, `NotRecognized` or `NotEvaluated`. */
  readonly appIntegrity?: string;
  readonly packageId?: string;
  /** SHA-256 of the signing certificates, lower-case hex; several for a chain. */
  readonly certificateDigests: readonly string[];
  /** The version code, as text. */
  readonly appVersion?: string;
  /** `Advanced`, `Basic` or `NotTrusted`. */
  readonly deviceIntegrity?: string;
  /** Per app and device, and another one every 30 days. */
  readonly uniqueId?: string;
  /** Only while the device is banned. */
  readonly ban?: { readonly isBanned: boolean; readonly remainingMinutes?: number };
}

const text = z.string().nullish();

const schema: z.ZodType<AttestationClaims> = rowOf(
  {
    request_details: partOf({ nonce: text, timestamp: unixSeconds.nullish(), exp: unixSeconds.nullish() }).nullish(),
    app_state: partOf({
      app_integrity_state: text,
      package_id: text,
      package_cert_sha256_digest: z.array(z.string()).nullish(),
      version: z.union([z.string(), z.number().transform(String)]).nullish(),
    }).nullish(),
    device_state: partOf({ device_integrity_state: text, unique_id: text }).nullish(),
    // Its time has no stated unit; minutes by analogy with device bans (assumed).
    device_ban: partOf({ is_banned: flag, remaining_ban_time: z.number().nullish() }).nullish(),
  },
  ({ request_details: asked, app_state: app, device_state: device, device_ban: ban }) => ({
    nonce: asked?.nonce,
    madeAt: asked?.timestamp,
    expiresAt: asked?.exp,
    appIntegrity: app?.app_integrity_state,
    packageId: app?.package_id,
    certificateDigests: (app?.package_cert_sha256_digest ?? []).map((digest) => digest.toLowerCase()),
    appVersion: app?.version,
    deviceIntegrity: device?.device_integrity_state,
    uniqueId: device?.unique_id,
    ban:
      ban == null
        ? undefined
        : {
            isBanned: ban.is_banned,
            ...(ban.remaining_ban_time == null ? {} : { remainingMinutes: ban.remaining_ban_time }),
          },
  }),
);

/** Claims from base64url text, padded or not; undefined if they cannot be read. */
export function readClaims(encoded: string): AttestationClaims | undefined {
  if (!/^[A-Za-z0-9_+/-]+=*$/.test(encoded)) return undefined;
  try {
    return schema.safeParse(parseExactJson(Buffer.from(encoded, "base64url").toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
