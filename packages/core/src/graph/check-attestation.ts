import type { AttestationClaims } from "./attestation-claims.ts";
import { readPolicy, refused, type AttestationPolicy } from "./attestation-policy.ts";
import { shownValue } from "../ids/ids.ts";

export type AttestationCheck =
  | "nonce"
  | "age"
  | "expired"
  | "package"
  | "certificate"
  | "app-version"
  | "app-integrity"
  | "device-integrity"
  | "ban";

export interface AttestationFailure {
  readonly check: AttestationCheck;
  /** For logs; holds no nonce. */
  readonly detail: string;
}

/**
 * Every check that fails, in the order of `AttestationCheck`; none: the claims are good. `nowMs` is wall time. Throws
 * `bad_input` for a policy that cannot be one.
 */
export function checkAttestation(
  claims: AttestationClaims,
  policy: AttestationPolicy,
  nowMs: number,
): readonly AttestationFailure[] {
  if (typeof claims !== "object" || claims === null || !Array.isArray(claims.certificateDigests)) {
    throw refused("claims must be those of a genuine verdict");
  }
  if (!Number.isFinite(nowMs)) throw refused(`nowMs must be wall time in ms, not ${shownValue(nowMs)}`);
  const checked = readPolicy(policy);
  const { nonce, appIntegrity, deviceIntegrity, maxAgeMs, clockSkewMs, allowBanned } = checked;
  const failures: AttestationFailure[] = [];
  const expect = (isGood: boolean, check: AttestationCheck, detail: string): void => {
    if (!isGood) failures.push({ check, detail });
  };
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

  expect(claims.packageId === checked.packageId, "package", `the package is ${shown(claims.packageId)}`);
  const isSigned = claims.certificateDigests.some((digest) => checked.certificateDigests.includes(digest));
  expect(isSigned, "certificate", `signed by ${shown(claims.certificateDigests.join(", "))}`);

  const { minAppVersion } = checked;
  const isNewEnough =
    minAppVersion === undefined ||
    (VERSION_CODE.test(claims.appVersion ?? "") && BigInt(claims.appVersion ?? "") >= minAppVersion);
  expect(isNewEnough, "app-version", `the app's version is ${shown(claims.appVersion)}, below ${minAppVersion}`);

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

const VERSION_CODE = /^\d{1,20}$/;

const shown = (value: string | undefined): string => (value ? value.slice(0, 200) : "not stated");
