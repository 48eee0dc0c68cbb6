import type { LoggedRequest } from "@questline/emulator";
import { expect, test } from "vitest";
import { lateness } from "../src/emulator/lateness.ts";

const request = (own: Partial<LoggedRequest>): LoggedRequest => ({
  ...{ n: 1, at: 1_000, operation: "achievements.write", method: "POST", path: "/1/achievements", params: {} },
  ...{ tokenKind: "app", status: null, pending: false, effect: own.effectAt !== undefined },
  ...own,
});

test("an effect is as late as it comes after the end of its connection", () => {
  expect(lateness(request({ endedAt: 1_010, effectAt: 1_130 }), [])).toBe(120);
  expect(lateness(request({ effectAt: 1_000 }), [])).toBe(0);
  expect(lateness(request({ effectAt: 1_000, endedAt: 1_005 }), [])).toBe(0);
  expect(lateness(request({}), [])).toBe(0);
});

test("a progress read is as late as the state that it shows is old", () => {
  expect(lateness(request({ operation: "achievements.read", lagMs: 90 }), [])).toBe(90);
});

test("an end that was noticed after a stall may have lain there since the stall began", () => {
  const stalls = [
    { from: 900, to: 1_060 },
    { from: 1_100, to: 1_120 },
  ];
  expect(lateness(request({ endedAt: 1_055, effectAt: 1_105 }), stalls)).toBe(205);
  // Not noticed before the effect: the request itself may have waited behind its own end.
  expect(lateness(request({ at: 1_058, effectAt: 1_058 }), stalls)).toBe(158);
  expect(lateness(request({ at: 1_080, effectAt: 1_080 }), stalls)).toBe(0);
});
