import { expect, test } from "vitest";
import { GuestBook, MOST_KEPT_REPORTS } from "./guest-book.ts";

/** Seats. */
const [one, other] = [{}, {}];

test("kept reports are made in their order, for the user the guest turns out to be, once", () => {
  const book = new GuestBook();
  const made: string[] = [];
  for (const report of ["a", "b"]) book.keep(one, (userId) => made.push(`${report} of ${userId}`));
  book.keep(other, () => made.push("of somebody else"));
  book.claim(one, "7");
  book.claim(one, "7");
  expect(made).toEqual(["a of 7", "b of 7"]);
  expect(book.counts).toEqual({ kept: 1, claimed: 2, dropped: 0 });
});

test("a guest who leaves takes nothing along; what is dropped is counted", () => {
  const book = new GuestBook();
  book.keep(one, () => {
    throw new Error("never made");
  });
  book.forget(one);
  book.claim(one, "7");
  expect(book.counts).toEqual({ kept: 0, claimed: 0, dropped: 1 });
});

test("what is kept for one guest is bounded, the oldest goes first", () => {
  const book = new GuestBook();
  const made: number[] = [];
  for (let n = 0; n < MOST_KEPT_REPORTS + 2; n++) book.keep(one, () => made.push(n));
  book.claim(one, "7");
  expect([made.length, made[0]]).toEqual([MOST_KEPT_REPORTS, 2]);
  expect(book.counts).toEqual({ kept: 0, claimed: MOST_KEPT_REPORTS, dropped: 2 });
});
