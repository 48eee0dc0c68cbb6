import fc from "fast-check";
import { expect, it } from "vitest";
import { DueQueue } from "./due-queue.ts";

it("orders by due time, equals by age, and takes entries out", () => {
  const queue = new DueQueue();
  queue.set("c", 5, 3);
  queue.set("b", 5, 2);
  queue.set("a", 9, 1);
  expect(queue.first()).toEqual({ id: "b", due: 5, age: 2 });
  expect(queue.size).toBe(3);
  expect(drained(queue)).toEqual(["b", "c", "a"]);
  expect([queue.size, queue.first()]).toEqual([0, undefined]);
});

/** Everything in it, in order. */
function drained(queue: DueQueue): string[] {
  const ids: string[] = [];
  for (let next = queue.first(); next; next = queue.first()) {
    ids.push(next.id);
    queue.set(next.id, undefined, next.age);
  }
  return ids;
}

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
      expect(queue.first()?.id).toBe(sorted[0]);
      expect(queue.size).toBe(sorted.length);
      expect(drained(queue)).toEqual(sorted);
    }),
  );
});
