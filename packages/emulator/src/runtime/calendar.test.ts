import { describe, expect, it } from "vitest";
import { addMonths, dayOfMonth, dayText, isoText } from "./calendar.ts";

const at = (text: string): number => Date.parse(text);

describe("the calendar", () => {
  it.each([
    ["2026-01-31T12:30:00Z", 1, "2026-02-28T12:30:00+0000"],
    ["2028-01-31T00:00:00Z", 1, "2028-02-29T00:00:00+0000"],
    ["2026-11-30T23:59:59Z", 3, "2027-02-28T23:59:59+0000"],
    ["2026-12-15T08:00:00Z", 1, "2027-01-15T08:00:00+0000"],
    ["2024-02-29T01:02:03Z", 12, "2025-02-28T01:02:03+0000"],
  ])("%s and %i months later is %s", (from, months, to) => {
    expect(isoText(addMonths(at(from), months, dayOfMonth(at(from))))).toBe(to);
  });

  it("comes back to its day after a short month", () => {
    expect(isoText(addMonths(at("2026-02-28T12:00:00Z"), 1, 31))).toBe("2026-03-31T12:00:00+0000");
  });

  it("prints days", () => {
    expect(dayText(at("2031-05-27T23:59:59.999Z"))).toBe("2031-05-27");
  });
});
