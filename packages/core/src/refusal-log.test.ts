import { expect, test } from "vitest";
import { RefusalLog } from "./refusal-log.ts";
import { manualClock } from "./runtime/manual-clock.ts";

const REPORT = { match: "m-1", user: "80000000000000001", event: "kill" };

function scene() {
  const clock = manualClock();
  const said: string[] = [];
  const hear = (fields: object, message: string): void => {
    const reports = "reports" in fields ? ` (${String(fields.reports)})` : "";
    said.push(message + reports);
  };
  const log = new RefusalLog(clock, { debug: hear, info: hear, warn: hear, error: hear });
  return { clock, said, log };
}

test("a disk that is full is said once, not by each report, then once a minute with how many, and that it is over", async () => {
  const { clock, said, log } = scene();
  for (let n = 0; n < 1_000; n += 1) log.refused("the disk is full", REPORT);
  expect(said).toEqual(["A report could not be kept: the disk is full"]);
  await clock.advance(60_000);
  log.refused("the disk is full", REPORT);
  log.refused("the disk is full", REPORT);
  log.kept();
  log.kept();
  log.refused("the disk is full", REPORT);
  expect(said.slice(1)).toEqual([
    "Reports still cannot be kept: the disk is full (1001)",
    "Reports are kept again. (1002)",
    "A report could not be kept: the disk is full",
  ]);
});

test("each reason is said for itself", () => {
  const { said, log } = scene();
  for (const reason of ["full", "malformed", "full"]) log.refused(reason, REPORT);
  expect(said).toEqual(["A report could not be kept: full", "A report could not be kept: malformed"]);
});
