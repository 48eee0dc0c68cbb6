import { expect, test } from "vitest";
import { RECORDED } from "./messages.ts";
import { MOST_SHELVED, Shelf, SHELVED_FOR_MS, type ShelvedNotice } from "./shelf.ts";

const score = (id: string): ShelvedNotice => ({
  type: RECORDED,
  payload: { id, leaderboard: "HIGH_SCORE", score: "1", improved: true },
});
const idsOf = (notices: readonly ShelvedNotice[]): readonly string[] => notices.map(({ payload }) => payload.id);

function shelfAt(): { shelf: Shelf; time: { now: number } } {
  const time = { now: 0 };
  return { shelf: new Shelf({ monotonic: () => time.now }), time };
}

test("keeps the latest of one player's notices, apart from others'", () => {
  const { shelf } = shelfAt();
  for (let n = 1; n <= MOST_SHELVED + 2; n++) shelf.put("1", score(`n-${n}`));
  shelf.put("2", score("other"));
  expect(idsOf(shelf.look("1"))).toEqual(Array.from({ length: MOST_SHELVED }, (_, n) => `n-${n + 3}`));
  expect(idsOf(shelf.take("2"))).toEqual(["other"]);
  expect(shelf.take("2")).toEqual([]);
});

test("drops what was taken elsewhere, and what is no news any more", () => {
  const { shelf, time } = shelfAt();
  shelf.put("1", score("a"));
  time.now = 5;
  for (const id of ["b", "c"]) shelf.put("1", score(id));
  shelf.drop("1", ["b", "unknown"]);
  shelf.drop("9", ["a"]);
  time.now = SHELVED_FOR_MS;
  expect(idsOf(shelf.look("1"))).toEqual(["a", "c"]);
  time.now++;
  expect(idsOf(shelf.take("1"))).toEqual(["c"]);
});

test("forgets the player of longest ago beyond ten thousand", () => {
  const { shelf } = shelfAt();
  for (let n = 0; n <= 10_000; n++) shelf.put(String(n), score("a"));
  expect([shelf.look("0"), idsOf(shelf.look("1"))]).toEqual([[], ["a"]]);
});
