import { expect, test } from "vitest";
import type { Purchase, RefundRequest } from "./purchases.ts";
import { refundSafely, type RefundOutcome } from "./refund-safely.ts";
import { PlatformError } from "../errors/refused-errors.ts";
import { AmbiguousError, NoAnswerError } from "../errors/unanswered-errors.ts";
import { manualClock } from "../runtime/manual-clock.ts";

const request: RefundRequest = { userId: "42", sku: "gem", reason: "other" };
const facts = { operation: "purchases.refund", applied: "maybe", transient: false, retryable: false } as const;
const lost = new AmbiguousError("lost", facts);
const bought = (...days: number[]): Purchase[] =>
  days.map((day) => ({ sku: "gem", grantedAt: new Date(day * 86_400_000) }));
const other: Purchase = { sku: "hat", grantedAt: new Date(0) };

/** Owns what the script says, read by read, the last one for ever; an Error is a read that fails. */
async function outcomeOf(end: Error | undefined, ...reads: (Purchase[] | Error)[]): Promise<[RefundOutcome, number]> {
  const clock = manualClock();
  let sent = 0;
  let read = 0;
  const purchases = {
    async refund() {
      sent += 1;
      if (end !== undefined) throw end;
    },
    owned: () => ({
      skipped: 0,
      async *[Symbol.asyncIterator]() {
        const rows = reads[Math.min(read, reads.length - 1)] ?? [];
        read += 1;
        if (rows instanceof Error) throw rows;
        yield* rows;
      },
    }),
  };
  const outcome = refundSafely(purchases, request, { clock, quietMs: 1000 });
  outcome.catch(() => {});
  for (const _ of [1, 2, 3]) await clock.advance(1000);
  return [await outcome, sent];
}

test("an answer is believed", async () => {
  expect(await outcomeOf(undefined, bought(1))).toEqual([{ status: "refunded", by: "answer" }, 1]);
});

test("nothing is sent for what is not owned", async () => {
  expect(await outcomeOf(undefined, [other])).toEqual([{ status: "not-owned" }, 0]);
});

test("a lost answer is read back: gone means refunded, at once or at the second look", async () => {
  const refunded = { status: "refunded", by: "read-back" };
  expect(await outcomeOf(lost, [...bought(1), other], [other])).toEqual([refunded, 1]);
  expect(await outcomeOf(lost, bought(1, 2), bought(1, 2), bought(2))).toEqual([refunded, 1]);
});

test("still owned after two looks means not refunded, and it was sent once only", async () => {
  expect(await outcomeOf(lost, bought(1), bought(1))).toEqual([{ status: "not-refunded", by: "read-back" }, 1]);
});

test.each([
  ["another unit was bought meanwhile", bought(1, 2)],
  ["a unit was exchanged", bought(2)],
])("it is unclear where %s", async (_what, after) => {
  expect(await outcomeOf(lost, bought(1), after)).toEqual([{ status: "unclear", cause: lost }, 1]);
});

test("it is unclear where what is owned cannot be read", async () => {
  const unread = new NoAnswerError("down", { ...facts, applied: "no" });
  expect(await outcomeOf(lost, bought(1), unread)).toEqual([{ status: "unclear", cause: unread }, 1]);
});

test("a refusal is thrown as it is", async () => {
  const refused = new PlatformError("no", { ...facts, applied: "no" });
  await expect(outcomeOf(refused, bought(1))).rejects.toBe(refused);
});

test("rows that cannot be read may be of that SKU: nothing is sent, and after a lost answer nothing is concluded", async () => {
  let sent = 0;
  const reads = [{ skipped: 0 }, { skipped: 1 }];
  const purchases = {
    async refund() {
      sent += 1;
      throw lost;
    },
    owned: () => {
      const { skipped } = reads.shift() ?? { skipped: 1 };
      return {
        skipped,
        async *[Symbol.asyncIterator]() {
          if (skipped === 0) yield* bought(1);
        },
      };
    },
  };
  const clock = manualClock();
  const outcome = refundSafely(purchases, request, { clock, quietMs: 1000 });
  await clock.advance(1000);
  expect(await outcome).toMatchObject({ status: "unclear" });
  await expect(refundSafely(purchases, request, { clock })).rejects.toMatchObject({ code: "unreadable_answer" });
  expect(sent).toBe(1);
});
