import * as z from "zod";
import { parseExactJson, unixSeconds } from "../wire/json.ts";
import { readValue } from "../wire/read-value.ts";
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
  readonly ban?: ClaimedBan;
}

/** A ban as claims show it. */
export interface ClaimedBan extends Raw {
  /** False only where the platform says so in as many words: the platform shows a ban only while there is one. */
  readonly isBanned: boolean;
  /** `unknown` where it is said in a way that cannot be read. Its unit is not stated; minutes by analogy with device bans (assumed). */
  readonly remainingMinutes?: number | "unknown";
}

const UNKNOWN = "unknown";

const ban: z.ZodType<ClaimedBan> = rowOf(
  { is_banned: z.unknown().optional(), remaining_ban_time: z.unknown().optional() },
  (row) => ({
    isBanned: row.is_banned !== false && row.is_banned !== "false",
    remainingMinutes: minutesOf(row.remaining_ban_time),
  }),
);

const minutesOf = (time: unknown): ClaimedBan["remainingMinutes"] =>
  time === undefined || (typeof time === "number" && time >= 0) ? time : UNKNOWN;

/** A ban in any form is one: what cannot be read must not let a banned device in. */
const deviceBan: z.ZodType<ClaimedBan | undefined> = z.union([
  ban,
  z.literal(false).transform(() => undefined),
  z.unknown().transform((): ClaimedBan => ({ isBanned: true, remainingMinutes: UNKNOWN })),
]);

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
    device_ban: deviceBan.nullish(),
  },
  ({ request_details: asked, app_state: app, device_state: device, device_ban: claimedBan }) => ({
    nonce: asked?.nonce,
    madeAt: asked?.timestamp,
    expiresAt: asked?.exp,
    appIntegrity: app?.app_integrity_state,
    packageId: app?.package_id,
    certificateDigests: (app?.package_cert_sha256_digest ?? []).map((digest) => digest.toLowerCase()),
    appVersion: app?.version,
    deviceIntegrity: device?.device_integrity_state,
    uniqueId: device?.unique_id,
    ban: claimedBan,
  }),
);

/**
 * Claims from base64url text, padded or not; undefined if they are no JSON object. One that cannot be read is missing, so
 * that its check fails, and stands under `raw`.
 */
export function readClaims(encoded: string): AttestationClaims | undefined {
  if (!/^[A-Za-z0-9_+/-]+=*$/.test(encoded)) return undefined;
  try {
    return readValue(schema, parseExactJson(Buffer.from(encoded, "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}
