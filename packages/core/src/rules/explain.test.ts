import { inspect } from "node:util";
import { expect, test } from "vitest";
import { bitfield, board, count, simple } from "../catalogue/definitions.ts";
import { oncePerMatch } from "../catalogue/events.ts";
import { compileRules } from "./compile-rules.ts";
import { explain } from "./explain.ts";

const rules = compileRules({
  events: { ended: oncePerMatch<{ won: boolean; map: number; timeMs: number }>(), left: oncePerMatch() },
  achievements: { FIRST: simple(), WINS: count(100), MAPS: bitfield(3, { target: 3 }) },
  leaderboards: { TIME: board({ sort: "lower-is-better", writes: "server" }) },
  rules: {
    ended: ({ unlock, addCount, addBits, submitScore }) => [
      unlock("FIRST"),
      addCount("WINS", 9_007_199_254_740_993n).when((e) => e.won),
      addBits("MAPS", (e) => [e.map]),
      submitScore("TIME", (e) => e.timeMs, { extra: () => "hi", force: true }).named("time"),
    ],
  },
});

const expected = {
  event: "ended",
  rules: [
    {
      rule: "ended/unlock/FIRST",
      target: "FIRST",
      fires: true,
      why: "unlocks it; due at once",
      intent: { kind: "unlock", target: "FIRST" },
    },
    {
      rule: "ended/addCount/WINS",
      target: "WINS",
      fires: true,
      why: "adds 9007199254740993; due at once",
      intent: { kind: "addCount", target: "WINS", n: "9007199254740993" },
    },
    {
      rule: "ended/addBits/MAPS",
      target: "MAPS",
      fires: true,
      why: "sets bits 010; due at once",
      intent: { kind: "addBits", target: "MAPS", bits: "010" },
    },
    {
      rule: "time",
      target: "TIME",
      fires: false,
      why: "the score is 0.5; it must be a whole number",
    },
  ],
};

test("says of each rule whether it fires and why, as data that survives JSON", () => {
  const explanation = explain(rules, "ended", { won: true, map: 1, timeMs: 0.5 });
  expect(explanation).toEqual(expected);
  expect(JSON.parse(JSON.stringify(explanation))).toEqual(expected);
});

test("shows a score with its extra data", () => {
  expect(explain(rules, "ended", { won: true, map: 1, timeMs: 7 }).rules[3]).toEqual({
    rule: "time",
    target: "TIME",
    fires: true,
    why: "submits 7, whatever stands there; due at once",
    intent: { kind: "submitScore", target: "TIME", score: "7", extra: "aGk=", force: true },
  });
});

test("prints as lines, in the console and as text", () => {
  const explanation = explain(rules, "ended", { won: false, map: 9, timeMs: 7 });
  const lines = [
    "ended:",
    "  fires  ended/unlock/FIRST: unlocks it; due at once",
    "  quiet  ended/addCount/WINS: its when() says no",
    "  quiet  ended/addBits/MAPS: bit 9 is no position from 0 to 2",
    "  fires  time: submits 7, whatever stands there; due at once",
  ];
  expect(String(explanation)).toBe(lines.join("\n"));
  expect(inspect(explanation)).toBe(lines.join("\n"));
});

test("says why no rule was asked", () => {
  const explanation = explain(rules, "end", {});
  expect(explanation).toEqual({ event: "end", problem: 'There is no event "end". Did you mean "ended"?', rules: [] });
  expect(String(explanation)).toBe('There is no event "end". Did you mean "ended"?');
  expect(String(explain(rules, "left", {}))).toBe("left: it has no rules");
});
