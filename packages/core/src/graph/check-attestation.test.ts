import { expect, test } from "vitest";
import type { AttestationClaims } from "./attestation-claims.ts";
import { checkAttestation, type AttestationCheck, type AttestationPolicy } from "./check-attestation.ts";
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

test("no failure shows a nonce", () => {
  const failures = checkAttestation({ ...good, nonce: "bm9wZQ" }, policy, NOW_MS);
  expect(JSON.stringify(failures)).not.toMatch(/bm9wZQ|Y2hhbGx/);
});
