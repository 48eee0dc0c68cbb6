import { expect, test } from "vitest";
import { readAppUsage } from "./app-usage.ts";

test("percentages are read, what is missing counts as none", () => {
  expect(readAppUsage('{"call_count":28,"total_time":25,"total_cputime":99}')).toEqual({
    callCount: 28,
    totalTime: 25,
    totalCpuTime: 99,
  });
  expect(readAppUsage('{"call_count":28}')).toEqual({ callCount: 28, totalTime: 0, totalCpuTime: 0 });
});

test.each([undefined, "", "28", "null", "{", `{"call_count":${"1".repeat(2_000)}}`])("%s says nothing", (header) => {
  expect(readAppUsage(header)).toBeUndefined();
});
