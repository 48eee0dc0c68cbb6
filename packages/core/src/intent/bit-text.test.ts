import { expect, test } from "vitest";
import { bitMask, bitText } from "./bit-text.ts";

test.each([
  [0b1n, 3, "100"],
  [0b100n, 3, "001"],
  [0b11001n, 5, "10011"],
  [0n, 4, "0000"],
  [2n ** 69n, 70, `${"0".repeat(69)}1`],
  [0n, 0, ""],
])("mask %s of length %i is %j, position 0 leftmost", (mask, length, text) => {
  expect(bitText(mask, length)).toBe(text);
  expect(bitMask(text)).toBe(mask);
});

test.each([
  [0b1000n, 3],
  [-1n, 3],
  [1n, 0],
])("a mask that does not fit is a bug, not a shorter text (%s, %i)", (mask, length) => {
  expect(() => bitText(mask, length)).toThrow(RangeError);
});

test.each(["12", "1 0", "0x1", "-1"])("%j is not a text of bits", (text) => {
  expect(bitMask(text)).toBeUndefined();
});
