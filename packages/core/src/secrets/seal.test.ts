import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { aesSealer, changingSealer, sealingKey } from "./seal.ts";
import { reveal, secret } from "./secret.ts";

const sealer = aesSealer(new Uint8Array(32).fill(7));
const token = secret("user-token", "FRL-test-token");

test("a sealed secret opens again, for its own context only", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string(), (value, context, other) => {
      const sealed = sealer.seal(secret("user-token", value), context);
      const opened = sealer.open(sealed, context, "user-token");
      expect(opened && reveal(opened)).toBe(Buffer.from(value).toString());
      if (other !== context) expect(sealer.open(sealed, other, "user-token")).toBeUndefined();
    }),
  );
});

test("a changed seal, another key and nonsense open to nothing", () => {
  const sealed = sealer.seal(token, "1\n2");
  const last = sealed.at(-3) === "A" ? "B" : "A";
  expect(sealer.open(`${sealed.slice(0, -3)}${last}${sealed.slice(-2)}`, "1\n2", "user-token")).toBeUndefined();
  expect(aesSealer(randomBytes(32)).open(sealed, "1\n2", "user-token")).toBeUndefined();
  for (const nonsense of ["", "1.", "2.AAAA", "1.AAAA", sealed.slice(0, 30)]) {
    expect(sealer.open(nonsense, "1\n2", "user-token")).toBeUndefined();
  }
});

test("two seals of one secret differ, and neither a seal nor a sealer shows it", () => {
  const sealed = sealer.seal(token, "1\n2");
  expect(sealed).not.toBe(sealer.seal(token, "1\n2"));
  expect(`${sealed}${inspect(sealer, { depth: 9, showHidden: true })}`).not.toContain("FRL-test-token");
});

test("a key is 32 bytes, as bytes, base64 or hex", () => {
  const bytes = randomBytes(32);
  for (const key of [bytes, bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")]) {
    expect(Buffer.from(sealingKey(key) ?? [])).toEqual(bytes);
  }
  for (const key of ["", "short", randomBytes(16), randomBytes(33), 7, undefined])
    expect(sealingKey(key)).toBeUndefined();
});

test("while keys change, what either sealed opens, and what the old one sealed is known as old", () => {
  const before = aesSealer(new Uint8Array(32).fill(9));
  const changing = changingSealer(sealer, before);
  const [old, fresh] = [before.seal(token, "1\n2"), changing.seal(token, "1\n2")];
  for (const sealed of [old, fresh]) {
    const opened = changing.open(sealed, "1\n2", "user-token");
    expect(opened && reveal(opened)).toBe("FRL-test-token");
  }
  expect([changing.isOld?.(old, "1\n2"), changing.isOld?.(fresh, "1\n2")]).toEqual([true, false]);
  expect(sealer.open(fresh, "1\n2", "user-token")).toBeDefined();
  expect(changing.open(old, "1\n3", "user-token")).toBeUndefined();
});
