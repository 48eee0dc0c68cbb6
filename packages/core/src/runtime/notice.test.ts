import { expect, test } from "vitest";
import { manualClock } from "./manual-clock.ts";
import { createNotice } from "./notice.ts";

test("the first is said at once, the rest is counted and said once a minute, until it stops", async () => {
  const clock = manualClock();
  const said: [string, number][] = [];
  const notice = createNotice<string>({ clock, say: (detail, times) => void said.push([detail, times]) });

  notice("a", "first");
  for (let i = 0; i < 500; i += 1) notice("a", `again ${i}`);
  notice("b", "other");
  expect(said.splice(0)).toEqual([
    ["first", 1],
    ["other", 1],
  ]);
  await clock.advance(59_999);
  expect(said).toEqual([]);
  await clock.advance(1);
  expect(said.splice(0)).toEqual([["again 499", 500]]);
  await clock.advance(3_600_000);
  expect(said).toEqual([]);
  notice("a", "anew");
  expect(said).toEqual([["anew", 1]]);
});
