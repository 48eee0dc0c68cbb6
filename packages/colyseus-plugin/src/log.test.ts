import { expect, it } from "vitest";
import { wordsOf } from "./log.ts";

it("has an error's words and those of its cause, once", () => {
  const cause = new Error("the disk is full");
  expect(wordsOf(new TypeError("Not written", { cause }))).toBe("TypeError: Not written (cause: the disk is full)");
  expect(wordsOf(new Error("Not written: the disk is full", { cause }))).toBe("Error: Not written: the disk is full");
  expect(wordsOf("a text that may be anything")).toBe("string");
});
