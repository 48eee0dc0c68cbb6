import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

/** What claims must say. A list names what is good enough. */
export interface AttestationPolicy {
  /** The challenge that was handed to this player, compared verbatim. Use each one once. */
  readonly nonce: string | Secret;
  readonly packageId: string;
  /** SHA-256 of your signing certificates, hex in either case, with or without colons; one of them must be among the claims'. */
  readonly certificateDigests: readonly string[];
  /** The lowest version code that may play. Default: any, also one that is not stated. */
  readonly minAppVersion?: number;
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

/** A policy with its defaults, checked. */
export interface CheckedPolicy extends Required<Omit<AttestationPolicy, "nonce" | "minAppVersion">> {
  readonly nonce: string;
  readonly minAppVersion: number | undefined;
}

const HEX = /^[0-9a-f]+$/;
const MEMBERS: ReadonlySet<string> = new Set<keyof AttestationPolicy>([
  "nonce",
  "packageId",
  "certificateDigests",
  "minAppVersion",
  "appIntegrity",
  "deviceIntegrity",
  "maxAgeMs",
  "clockSkewMs",
  "allowBanned",
]);

/** Throws `bad_input`, which names the member and never shows the nonce. */
export function readPolicy(policy: AttestationPolicy): CheckedPolicy {
  if (typeof policy !== "object" || policy === null)
    throw refused(`policy must be an object, not ${shownValue(policy)}`);
  const odd = Object.keys(policy).find((name) => !MEMBERS.has(name));
  // A misspelled member would be a check that is not made.
  if (odd !== undefined) throw refused(`policy has no member ${shownValue(odd)}; there are ${[...MEMBERS].join(", ")}`);
  const { packageId, minAppVersion, maxAgeMs = 300_000, clockSkewMs = 60_000, allowBanned = false } = policy;
  const { appIntegrity = ["StoreRecognized"], deviceIntegrity = ["Advanced", "Basic"] } = policy;
  if (typeof packageId !== "string" || packageId === "") {
    throw refused(`policy.packageId must be your package's id, not ${shownValue(packageId)}`);
  }
  const digests = texts(policy.certificateDigests, "certificateDigests", "at least one SHA-256 in hex").map((digest) =>
    digest.replaceAll(":", "").toLowerCase(),
  );
  if (!digests.every((digest) => HEX.test(digest))) throw refused("policy.certificateDigests must be in hex");
  if (minAppVersion !== undefined) checkWhole(minAppVersion, "minAppVersion", "a version code");
  checkWhole(maxAgeMs, "maxAgeMs", "ms");
  checkWhole(clockSkewMs, "clockSkewMs", "ms");
  if (typeof allowBanned !== "boolean")
    throw refused(`policy.allowBanned must be true or false, not ${shownValue(allowBanned)}`);
  return {
    nonce: nonceOf(policy.nonce),
    packageId,
    certificateDigests: digests,
    minAppVersion,
    appIntegrity: texts(appIntegrity, "appIntegrity", "at least one state"),
    deviceIntegrity: texts(deviceIntegrity, "deviceIntegrity", "at least one state"),
    maxAgeMs,
    clockSkewMs,
    allowBanned,
  };
}

function nonceOf(nonce: unknown): string {
  if (typeof nonce === "string") return nonce;
  try {
    return reveal(nonce as Secret);
  } catch {
    throw refused("policy.nonce must be the challenge as text or a secret");
  }
}

function texts(value: unknown, what: string, wanted: string): readonly string[] {
  const fits = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && one !== "");
  if (!fits) throw refused(`policy.${what} must be a list of ${wanted}, not ${shownValue(value)}`);
  return value as readonly string[];
}

function checkWhole(value: unknown, what: string, unit: string): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw refused(`policy.${what} must be ${unit}, a whole number from 0, not ${shownValue(value)}`);
}

export const refused = (what: string): QuestlineError => new QuestlineError("bad_input", `checkAttestation: ${what}.`);
