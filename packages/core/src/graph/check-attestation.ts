import type { AttestationClaims } from "./attestation-claims.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

/** What claims must say. A list names what is good enough. */
export interface AttestationPolicy {
  /** The challenge that was handed to this player, compared verbatim. Use each one once. */
  readonly nonce: string | Secret;
  readonly packageId: string;
  /** SHA-256 of your signing certificates, hex in either case; one of them must be among the claims'. */
  readonly certificateDigests: readonly string[];
  /** Default: only `StoreRecognized`. */
  readonly appIntegrity?: readonly string[];
  /** Default: `Advanced` and `Basic`. */
  readonly deviceIntegrity?: readonly string[];
  /** The oldest token taken, ms. Default 5 minutes. */
  readonly maxAgeMs?: number;
  /** How far ahead the platform's clock may be, ms. Default 1 minute. */
  readonly clockSkewMs?: number;
  /** Whether a banned device passes. Default false. */
  readonly allowBanned?: boolean;
}

export type AttestationCheck =
  | "nonce"
  | "age"
  | "expired"
  | "package"
  | "certificate"
  | "app-integrity"
  | "device-integrity"
  | "ban";

export interface AttestationFailure {
  readonly check: AttestationCheck;
  /** For logs; holds no nonce. */
  readonly detail: string;
}

/** Every check that fails, in the order of `AttestationCheck`; none: the claims are good. `nowMs` is wall time. */
export function checkAttestation(
  claims: AttestationClaims,
  policy: AttestationPolicy,
  nowMs: number,
): readonly AttestationFailure[] {
  const { maxAgeMs = 300_000, clockSkewMs = 60_000, allowBanned = false } = policy;
  const { appIntegrity = ["StoreRecognized"], deviceIntegrity = ["Advanced", "Basic"] } = policy;
  const failures: AttestationFailure[] = [];
  const expect = (isGood: boolean, check: AttestationCheck, detail: string): void => {
    if (!isGood) failures.push({ check, detail });
  };
  const nonce = typeof policy.nonce === "string" ? policy.nonce : reveal(policy.nonce);
  expect(nonce !== "" && claims.nonce === nonce, "nonce", "the token answers another challenge");

  const ageMs = claims.madeAt === undefined ? undefined : nowMs - claims.madeAt.getTime();
  const isFresh = ageMs !== undefined && ageMs <= maxAgeMs && ageMs >= -clockSkewMs;
  expect(isFresh, "age", ageMs === undefined ? "the token has no time" : `the token is ${ageMs} ms old`);
  const expiry = claims.expiresAt?.getTime();
  expect(
    expiry !== undefined && nowMs < expiry,
    "expired",
    `the token expires ${shown(claims.expiresAt?.toISOString())}`,
  );

  expect(claims.packageId === policy.packageId, "package", `the package is ${shown(claims.packageId)}`);
  const own = policy.certificateDigests.map((digest) => digest.toLowerCase());
  const isSigned = claims.certificateDigests.some((digest) => own.includes(digest));
  expect(isSigned, "certificate", `signed by ${shown(claims.certificateDigests.join(", "))}`);

  const app = claims.appIntegrity;
  expect(app !== undefined && appIntegrity.includes(app), "app-integrity", `the app is ${shown(app)}`);
  const device = claims.deviceIntegrity;
  expect(
    device !== undefined && deviceIntegrity.includes(device),
    "device-integrity",
    `the device is ${shown(device)}`,
  );
  expect(allowBanned || claims.ban?.isBanned !== true, "ban", "the device is banned");
  return failures;
}

const shown = (value: string | undefined): string => (value ? value.slice(0, 200) : "not stated");
