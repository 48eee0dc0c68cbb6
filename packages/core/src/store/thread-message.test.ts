import { expect, it } from "vitest";
import { saidIn } from "./thread-message.ts";

it("hears what is ours", () => {
  const said = [{ id: 0, verb: "open", args: [] }, { event: { is: "started" } }];
  expect(saidIn(said)).toBe(said);
});

it.each([
  { "watch:import": ["file:///game.mjs"] },
  { "watch:require": ["/game.js"] },
  "text",
  null,
  undefined,
  [1],
  [null],
  [{}],
])("hears nothing in %j, which somebody else said", (message) => {
  expect(saidIn(message)).toEqual([]);
});
