import { expect, test } from "vitest";
import type { AttestationClaims } from "./attestation-claims.ts";
import type { AttestationPolicy } from "./attestation-policy.ts";
import { checkAttestation, type AttestationCheck } from "./check-attestation.ts";
import { secret } from "../secrets/secret.ts";

const NOW_MS = 1_900_000_100_000;

const good: AttestationClaims = {
  nonce: "Y2hhbGxlbmdl==",
  madeAt: new Date(1_900_000_000_000),
  expiresAt: new Date(1_900_086_400_000),
  appIntegrity: "StoreRecognized",
  packageId: "example.arena",
  certificateDigests: ["c0ffee", "facade"],
  deviceIntegrity: "Basic",
};
const policy: AttestationPolicy = {
  nonce: secret("nonce", "Y2hhbGxlbmdl=="),
  packageId: "example.arena",
  certificateDigests: ["FACADE"],
};
const failed = (claims: Partial<AttestationClaims>, over: Partial<AttestationPolicy> = {}): AttestationCheck[] =>
  checkAttestation({ ...good, ...claims }, { ...policy, ...over }, NOW_MS).map(({ check }) => check);

test("good claims fail no check", () => {
  expect(failed({})).toEqual([]);
});

test.each<[string, Partial<AttestationClaims>, AttestationCheck[]]>([
  ["another challenge", { nonce: "Y2hhbGxlbmdl" }, ["nonce"]],
  ["an old token", { madeAt: new Date(NOW_MS - 300_001) }, ["age"]],
  ["a token of tomorrow", { madeAt: new Date(NOW_MS + 60_001) }, ["age"]],
  ["one that just expired", { expiresAt: new Date(NOW_MS) }, ["expired"]],
  ["another package", { packageId: "example.other" }, ["package"]],
  ["another signer", { certificateDigests: ["bad"] }, ["certificate"]],
  ["no signer", { certificateDigests: [] }, ["certificate"]],
  ["a sideloaded app", { appIntegrity: "NotRecognized" }, ["app-integrity"]],
  ["a rooted device", { deviceIntegrity: "NotTrusted" }, ["device-integrity"]],
  ["a banned device", { ban: { isBanned: true, remainingMinutes: 5 } }, ["ban"]],
])("%s fails exactly that check", (_what, claims, checks) => {
  expect(failed(claims)).toEqual(checks);
});

test("claims that say nothing fail everything but the ban", () => {
  const checks = checkAttestation({ certificateDigests: [] }, policy, NOW_MS).map(({ check }) => check);
  expect(checks).toEqual(["nonce", "age", "expired", "package", "certificate", "app-integrity", "device-integrity"]);
});

test("a policy may ask for more or less", () => {
  expect(failed({}, { deviceIntegrity: ["Advanced"] })).toEqual(["device-integrity"]);
  expect(failed({ appIntegrity: "NotEvaluated" }, { appIntegrity: ["StoreRecognized", "NotEvaluated"] })).toEqual([]);
  expect(failed({}, { maxAgeMs: 99_999 })).toEqual(["age"]);
  expect(failed({ ban: { isBanned: true } }, { allowBanned: true })).toEqual([]);
  expect(failed({ nonce: "" }, { nonce: "" })).toEqual(["nonce"]);
});

test.each([
  [undefined, undefined, []],
  [undefined, 42, ["app-version"]],
  ["41", 42, ["app-version"]],
  ["42", 42, []],
  ["100", 42, []],
  ["42.1", 42, ["app-version"]],
] as const)("version code %s where at least %s is asked for fails %j", (appVersion, minAppVersion, checks) => {
  const claims = appVersion === undefined ? {} : { appVersion };
  expect(failed(claims, minAppVersion === undefined ? {} : { minAppVersion })).toEqual(checks);
});

test("digests may be written with colons, as keytool does", () => {
  expect(failed({}, { certificateDigests: ["C0:FF:EE"] })).toEqual([]);
});

test.each([
  ["nothing", undefined, "policy"],
  ["no nonce", { nonce: undefined }, "nonce"],
  ["a nonce that is a number", { nonce: 5 }, "nonce"],
  ["no package", { packageId: undefined }, "packageId"],
  ["no certificates", { certificateDigests: undefined }, "certificateDigests"],
  ["one certificate as text", { certificateDigests: "c0ffee" }, "certificateDigests"],
  ["an empty list of certificates", { certificateDigests: [] }, "certificateDigests"],
  ["a certificate that is not hex", { certificateDigests: ["base64=="] }, "certificateDigests"],
  ["a version that is text", { minAppVersion: "42" }, "minAppVersion"],
  ["an age that is no number", { maxAgeMs: Number.NaN }, "maxAgeMs"],
  ["a negative skew", { clockSkewMs: -1 }, "clockSkewMs"],
  ["states as text", { appIntegrity: "StoreRecognized" }, "appIntegrity"],
  ["states of null", { deviceIntegrity: null }, "deviceIntegrity"],
  ["bans as text", { allowBanned: "no" }, "allowBanned"],
])("a policy with %s is bad input that names it", (_what, over, named) => {
  const given = (over === undefined ? over : { ...policy, ...over }) as unknown as AttestationPolicy;
  expect(() => checkAttestation(good, given, NOW_MS)).toThrow(
    expect.objectContaining({ code: "bad_input", message: expect.stringContaining(named) }),
  );
  expect(() => checkAttestation(undefined as unknown as AttestationClaims, policy, NOW_MS)).toThrow(/genuine verdict/);
  expect(() => checkAttestation(good, policy, undefined as unknown as number)).toThrow(/nowMs/);
});

test("no failure shows a nonce", () => {
  const failures = checkAttestation({ ...good, nonce: "bm9wZQ" }, policy, NOW_MS);
  expect(JSON.stringify(failures)).not.toMatch(/bm9wZQ|Y2hhbGx/);
});
