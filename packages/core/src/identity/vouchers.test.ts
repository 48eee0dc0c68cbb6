import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createVouchers, VOUCHER_GOOD_FOR_MS } from "./vouchers.ts";
import { asAppId } from "../ids/ids.ts";
import { manualClock } from "../runtime/manual-clock.ts";
import { secret } from "../secrets/secret.ts";

const clock = manualClock();
const vouchersOf = (text = "test-secret", app = "1") =>
  createVouchers({ appId: asAppId(app)!, secret: async () => secret("app-secret", text), clock });

test("what one process vouches for, another one of the app knows", async () => {
  const ada = { id: "42", alias: "ada" };
  expect(await vouchersOf().vouched(await vouchersOf().vouch(ada))).toEqual(ada);
  expect(await vouchersOf().vouched(await vouchersOf().vouch({ id: "42" }))).toEqual({ id: "42" });
});

test("another secret, another app and another purpose's text vouch for nobody", async () => {
  const voucher = await vouchersOf().vouch({ id: "42" });
  expect(await vouchersOf("other-secret").vouched(voucher)).toBeUndefined();
  expect(await vouchersOf("test-secret", "2").vouched(voucher)).toBeUndefined();
  for (const nonsense of [undefined, null, 7, {}, "", ".", "a.b", `${voucher}.x`, "x".repeat(5_000)])
    expect(await vouchersOf().vouched(nonsense)).toBeUndefined();
});

test("no changed character leaves a voucher good for anybody else", async () => {
  const vouchers = vouchersOf();
  const voucher = await vouchers.vouch({ id: "42" });
  await fc.assert(
    fc.asyncProperty(fc.nat(voucher.length - 1), fc.constantFrom("A", "b", "7", "_"), async (at, character) => {
      const changed = `${voucher.slice(0, at)}${character}${voucher.slice(at + 1)}`;
      expect([undefined, "42"]).toContain((await vouchers.vouched(changed))?.id);
    }),
  );
});

test("a voucher is good for as long as it says", async () => {
  const vouchers = vouchersOf();
  const [usual, short] = [await vouchers.vouch({ id: "42" }), await vouchers.vouch({ id: "42" }, { goodForMs: 1_000 })];
  await clock.advance(999);
  expect(await vouchers.vouched(short)).toEqual({ id: "42" });
  await clock.advance(1);
  expect(await vouchers.vouched(short)).toBeUndefined();
  await clock.advance(VOUCHER_GOOD_FOR_MS - 1_001);
  expect(await vouchers.vouched(usual)).toEqual({ id: "42" });
  await clock.advance(1);
  expect(await vouchers.vouched(usual)).toBeUndefined();
});

test("neither a voucher nor who makes them shows the app secret; wrong users and times are refused", async () => {
  const vouchers = vouchersOf();
  const shown = `${await vouchers.vouch({ id: "42" })}${inspect(vouchers, { depth: 9, showHidden: true })}`;
  expect(shown).not.toContain("test-secret");
  await expect(vouchers.vouch({ id: "ada" })).rejects.toMatchObject({ code: "bad_input" });
  await expect(vouchers.vouch({ id: "42" }, { goodForMs: 0 })).rejects.toMatchObject({ code: "bad_input" });
});

test("a voucher about something is good beside that only", async () => {
  const vouchers = vouchersOf();
  const [about, bare] = [await vouchers.vouch({ id: "42" }, { about: "a" }), await vouchers.vouch({ id: "42" })];
  expect(await vouchers.vouched(about, "a")).toEqual({ id: "42" });
  for (const [voucher, beside] of [
    [about, "b"],
    [about, undefined],
    [bare, "a"],
  ] as const)
    expect(await vouchers.vouched(voucher, beside)).toBeUndefined();
});
