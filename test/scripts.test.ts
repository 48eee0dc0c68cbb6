import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { countTests } from "../scripts/count-tests.mjs";
import { startProgram } from "./running-program.ts";

const cwd = fileURLToPath(new URL("..", import.meta.url));

async function runScript(...args: readonly string[]) {
  await using program = startProgram([join(cwd, "scripts/run.mjs"), ...args], { cwd });
  const { code, stdout, stderr } = await program.ended;
  return { code, stdout, stderr };
}

describe("scripts/run.mjs", () => {
  test("names the targets when it is given none of them", async () => {
    const { code, stdout, stderr } = await runScript("dmeo");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("demo, bench:rooms, chaos, test, build, drift, platform-page, format, bench");
  });

  test("hands arguments to the demo and its exit code back", async () => {
    const helped = await runScript("demo", "--help");
    expect(helped.code).toBe(0);
    expect(helped.stdout).toContain("--matches");
    const refused = await runScript("demo", "--no-such-flag");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--no-such-flag");
  });

  test("refuses to test a step that does not exist", async () => {
    const { code, stdout, stderr } = await runScript("test", "--only", "lint,lnit");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("No such step: lnit");
  });
});

describe("a vitest report counts", () => {
  const passed = { fullName: "a test", status: "passed", meta: {} };
  const file = { status: "passed", assertionResults: [passed] };
  const clean = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [file] };

  test("what passed", () => {
    expect(countTests(clean, false)).toEqual({ passed: 3, failed: 0, skipped: [] });
  });

  test("failed, skipped and promised tests, and files that do not load, as failed", () => {
    const broken = { status: "failed", assertionResults: [] };
    const report = { ...clean, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1, testResults: [file, broken] };
    expect(countTests(report, true)).toEqual({ passed: 3, failed: 4, skipped: [] });
  });

  test("apart what cannot run here and says why; without a reason it is failed", () => {
    const here = { fullName: "a test of Linux", status: "skipped", meta: { skipReason: "this is not Linux" } };
    const silent = { fullName: "a test left out", status: "skipped", meta: {} };
    const empty = { fullName: "a test for no reason", status: "skipped", meta: { skipReason: "" } };
    const mixed = { status: "passed", assertionResults: [passed, here, silent, empty] };
    expect(countTests({ ...clean, numPendingTests: 3, testResults: [mixed] }, false)).toEqual({
      passed: 3,
      failed: 2,
      skipped: [{ test: "a test of Linux", reason: "this is not Linux" }],
    });
  });

  test("a bad end outside the tests, and a missing report, as one failure", () => {
    expect(countTests(clean, true)).toEqual({ passed: 3, failed: 1, skipped: [] });
    expect(countTests(undefined, true)).toEqual({ passed: 0, failed: 1, skipped: [] });
  });
});
