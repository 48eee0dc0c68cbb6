import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactJson, writeExactJson } from "./exact-json.ts";

describe("exact JSON", () => {
  it("reads whole numbers beyond 2^53 as bigint, all others as numbers", () => {
    expect(
      parseExactJson("[9007199254740993,-9223372036854775808,9007199254740991,1.5,1e3,12345678901234567890]"),
    ).toEqual([9007199254740993n, -9223372036854775808n, 9007199254740991, 1.5, 1000, 12345678901234567890n]);
  });

  it("writes bigint as a number and leaves undefined members out", () => {
    expect(writeExactJson({ a: 9007199254740993n, b: undefined, c: [1n, null, true, '"\n'], d: {} })).toBe(
      '{"a":9007199254740993,"c":[1,null,true,"\\"\\n"],"d":{}}',
    );
  });

  it("writes what JSON.stringify writes, and reads it back", { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = writeExactJson(value as never);
        expect(text).toBe(JSON.stringify(value));
        expect(writeExactJson(parseExactJson(text))).toBe(text);
      }),
    );
  });

  it("keeps any integer through reading and writing", () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 64n), (value) => {
        expect(writeExactJson(parseExactJson(value.toString()))).toBe(value.toString());
      }),
    );
  });
});
