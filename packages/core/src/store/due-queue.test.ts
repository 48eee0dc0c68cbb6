import fc from "fast-check";
import { expect, it } from "vitest";
import { DueQueue } from "./due-queue.ts";

it("orders by due time, equals by age, and lets entries stay when they are read", () => {
  const queue = new DueQueue();
  queue.set("c", 5, 3);
  queue.set("b", 5, 2);
  queue.set("a", 9, 1);
  expect(queue.first()).toEqual({ id: "b", due: 5, age: 2 });
  expect(queue.dueAt(4, 10)).toEqual([]);
  expect(queue.dueAt(9, 2)).toEqual(["b", "c"]);
  expect(queue.dueAt(9, 9)).toEqual(["b", "c", "a"]);
});

it("agrees with a sorted list after any changes", () => {
  const change = fc.tuple(fc.nat({ max: 20 }), fc.option(fc.nat({ max: 9 }), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const queue = new DueQueue();
      const dues = new Map<number, number>();
      for (const [lane, due] of changes) {
        queue.set(String(lane), due, lane);
        if (due === undefined) dues.delete(lane);
        else dues.set(lane, due);
      }
      const sorted = [...dues].sort(([a, dueA], [b, dueB]) => dueA - dueB || a - b).map(([lane]) => String(lane));
      expect(queue.dueAt(9, 100)).toEqual(sorted);
      expect(queue.first()?.id).toBe(sorted[0]);
    }),
  );
});
