import { expect, test } from "vitest";
import { fnv1a } from "./fnv1a.ts";
import { payloadDigest } from "./payload-digest.ts";

test("is that of the canonical text", () => {
  expect(payloadDigest({ b: 1, a: [true, null, "x"] })).toBe(fnv1a('{"a":[true,null,"x"],"b":1}'));
  expect(payloadDigest({ 'say "hi"': 1, ok: undefined })).toBe(fnv1a('{"say \\"hi\\"":1}'));
});

test.each<[unknown, unknown]>([
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  [{ a: 1n }, { a: 1 }],
  [{ a: 1, b: undefined }, { a: 1 }],
  [0, -0],
  [undefined, undefined],
])("is the same for %o and %o", (a, b) => {
  expect(payloadDigest(a)).toBe(payloadDigest(b));
});

test.each<[unknown, unknown]>([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: "1" }],
  [{ a: 2n ** 60n }, { a: 2n ** 60n + 1n }],
  [
    [1, 2],
    [2, 1],
  ],
  [[12], [1, 2]],
  [{}, []],
  [undefined, null],
  [Number.NaN, null],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [new Set([1]), [1]],
  [new Uint8Array([1]), new Uint8Array([2])],
  [{ toJSON: () => "monday" }, { toJSON: () => "tuesday" }],
])("differs between %o and %o", (a, b) => {
  expect(payloadDigest(a)).toMatch(/^[0-9a-f]{8}$/);
  expect(payloadDigest(a)).not.toBe(payloadDigest(b));
});

test("never throws", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  const throwing = {
    get a(): never {
      throw new Error("no");
    },
  };
  const endless = { toJSON: () => ({ ...endless }) };
  for (const payload of [cyclic, deep, throwing, endless, () => 1, Symbol("s")]) {
    expect(payloadDigest(payload)).toMatch(/^(?:unprintable|[0-9a-f]{8})$/);
  }
  expect(payloadDigest(cyclic)).toBe("unprintable");
});

test("a value that appears twice without holding itself is printable", () => {
  const shared = { x: 1 };
  expect(payloadDigest([shared, shared])).toBe(payloadDigest([{ x: 1 }, { x: 1 }]));
});
