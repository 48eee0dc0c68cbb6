import { expect, test } from "vitest";
import { minorUnitsOf, price, priceTerm } from "./money.ts";

test.each([
  ["4.99", 499n],
  ["5", 500n],
  ["5.5", 550n],
  ["0.00", 0n],
  ["12.3400", 1234n],
  ["-1.05", -105n],
  ["4.999", undefined],
  ["$4.99", undefined],
  ["4,99", undefined],
  ["", undefined],
])("%s is %s hundredths", (text, units) => {
  expect(minorUnitsOf(text)).toBe(units);
});

test("both forms of the platform come out alike, and what is unknown stays", () => {
  expect(price.parse({ currency: "EUR", amount_in_hundredths: 1199, formatted: "11,99 €", tax: 1 })).toEqual({
    currency: "EUR",
    minorUnits: 1199n,
    formatted: "11,99 €",
    raw: { tax: 1 },
  });
  expect(priceTerm.parse({ term: null, currency: "EUR", price: "11.99" })).toEqual({
    price: { currency: "EUR", minorUnits: 1199n },
  });
  expect(priceTerm.safeParse({ currency: "EUR", price: "a lot" }).success).toBe(false);
});
