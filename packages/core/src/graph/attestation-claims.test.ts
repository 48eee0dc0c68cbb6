import { expect, test } from "vitest";
import { readClaims } from "./attestation-claims.ts";
import { checkAttestation } from "./check-attestation.ts";

const NOW_MS = 1_900_000_100_000;
const GOOD = {
  request_details: { nonce: "Y2hhbGxlbmdl", timestamp: 1_900_000_000, exp: 1_900_086_400 },
  app_state: {
    app_integrity_state: "StoreRecognized",
    package_id: "example.arena",
    package_cert_sha256_digest: ["c0ffee"],
    version: "42",
  },
  device_state: { device_integrity_state: "Advanced", unique_id: "ab12" },
};
const policy = { nonce: "Y2hhbGxlbmdl", packageId: "example.arena", certificateDigests: ["c0ffee"], minAppVersion: 42 };
const encoded = (claims: unknown): string => Buffer.from(JSON.stringify(claims)).toString("base64url");

function failed(claims: unknown): string[] {
  const read = readClaims(encoded(claims));
  if (read === undefined) throw new Error("unreadable");
  return checkAttestation(read, policy, NOW_MS).map(({ check }) => check);
}

test.each([
  [12, 12],
  [0, 0],
  [1.5, 1.5],
  [undefined, undefined],
  [null, "unknown"],
  ["90", "unknown"],
  ["36499 days", "unknown"],
  [-1, "unknown"],
  [{ minutes: 5 }, "unknown"],
])("a banned device is banned, whatever its time is: %j", (remaining_ban_time, remainingMinutes) => {
  const claims = { ...GOOD, device_ban: { is_banned: true, remaining_ban_time } };
  const ban = remainingMinutes === undefined ? { isBanned: true } : { isBanned: true, remainingMinutes };
  expect(readClaims(encoded(claims))?.ban).toEqual(ban);
  expect(failed(claims)).toEqual(["ban"]);
});

test.each([[{}], [{ is_banned: 1 }], [{ is_banned: null }], [{ is_banned: "yes" }], [true], ["2031-05-27"], [[1]]])(
  "a ban that cannot be read is a ban: %j",
  (device_ban) => {
    expect(failed({ ...GOOD, device_ban })).toEqual(["ban"]);
  },
);

test.each([[undefined], [null], [false], [{ is_banned: false, remaining_ban_time: "x" }], [{ is_banned: "false" }]])(
  "no ban is none: %j",
  (device_ban) => {
    expect(failed({ ...GOOD, device_ban })).toEqual([]);
  },
);

test("a claim that cannot be read fails its own check, hides no ban and stands under raw", () => {
  const odd = {
    ...GOOD,
    request_details: { ...GOOD.request_details, exp: "tomorrow" },
    app_state: { ...GOOD.app_state, package_cert_sha256_digest: "c0ffee" },
    device_ban: { is_banned: true, remaining_ban_time: "36499 days", by: "owner" },
  };
  expect(failed(odd)).toEqual(["expired", "certificate", "ban"]);
  expect(readClaims(encoded(odd))).toMatchObject({
    ban: { isBanned: true, remainingMinutes: "unknown", raw: { by: "owner" } },
    raw: { request_details: { exp: "tomorrow" }, app_state: { package_cert_sha256_digest: "c0ffee" } },
  });
});

test.each([[5], ["text"], [null], [[1]]])("claims that are no object cannot be read: %j", (claims) => {
  expect(readClaims(encoded(claims))).toBeUndefined();
});
