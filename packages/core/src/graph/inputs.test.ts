import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkAmount,
  checkBits,
  checkCredential,
  checkExtraData,
  checkName,
  checkScore,
  checkUserId,
} from "./inputs.ts";
import { secret } from "../secrets/secret.ts";

const refusal = (words: RegExp): unknown =>
  expect.objectContaining({ code: "bad_input", message: expect.stringMatching(words) });

test("whole numbers within signed 64 bits are scores", () => {
  const scores = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger());
  fc.assert(fc.property(scores, (score) => checkScore(score, "x") === BigInt(score)));
});

test.each([
  [1.5, /whole number, not 1.5/],
  [Number.NaN, /whole number, not NaN/],
  [Number.POSITIVE_INFINITY, /whole number/],
  [2 ** 53, /lost digits: give a bigint/],
  [2n ** 63n, /outside signed 64 bits/],
  [-(2n ** 63n) - 1n, /outside signed 64 bits/],
  ["12", /number or bigint, not "12"/],
  [undefined, /number or bigint, not undefined/],
])("%s is no score", (score, words) => {
  expect(() => checkScore(score, "leaderboards.submit")).toThrow(refusal(words));
});

test.each([
  [0, /at least 1, not 0/],
  [-5, /at least 1, not -5/],
  [0n, /at least 1/],
  [0.5, /whole number/],
  [2n ** 63n, /outside signed 64 bits/],
])("%s is no amount to add", (amount, words) => {
  expect(() => checkAmount(amount, "achievements.write")).toThrow(refusal(words));
});

test.each([12345, "", "12a", "-1", "007", " 1", "18446744073709551616", null, {}])("%s is no user id", (id) => {
  expect(() => checkUserId(id, "users.get")).toThrow(refusal(/app-scoped user id as decimal text/));
});

test.each(["", "A\nB", "\u0000", "x".repeat(256), "\ud800", 5])("%j is no API name", (name) => {
  expect(() => checkName(name, "achievements.write")).toThrow(refusal(/API name from the dashboard/));
});

test.each(["", "012", "1 0", 5, undefined])("%s is no bit text", (bits) => {
  expect(() => checkBits(bits, "achievements.write")).toThrow(refusal(/text of 0 and 1/));
});

test("extra data of up to 2048 bytes becomes standard base64", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2048 }), (bytes) => {
      const base64 = checkExtraData(bytes, "x");
      expect(new Uint8Array(Buffer.from(base64, "base64"))).toEqual(bytes);
      expect(checkExtraData(base64, "x")).toBe(base64);
    }),
  );
});

test.each([
  [new Uint8Array(2049), /2049 bytes/],
  [Buffer.alloc(2049).toString("base64"), /2049 bytes/],
  ["not base64!", /standard base64/],
  ["YQ=", /standard base64/],
  [5, /standard base64/],
])("extra data %# is refused", (extra, words) => {
  expect(() => checkExtraData(extra, "leaderboards.submit")).toThrow(refusal(words));
});

test.each([
  ["", /is empty/],
  ["x".repeat(4097), /4097 characters/],
  ["two words", /white space/],
  ["a\r\nb", /white space/],
  ["tökén", /outside ASCII/],
  [undefined, /must be text, not undefined/],
  [secret("token", ""), /is empty/],
])("credential %# is refused without being shown", (value, words) => {
  expect(() => checkCredential(value, "the token", "token")).toThrow(refusal(words));
});
