import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./run-command.mjs";

/**
 * Runs one vitest project and counts its tests by vitest's own report. A skipped test, a file that does not load and a
 * run that fails outside its tests count as failed.
 */
export async function runVitest(project, { timeoutMs }) {
  const folder = mkdtempSync(join(tmpdir(), "questline-report-"));
  const report = join(folder, "report.json");
  try {
    const args = ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const run = await runCommand("vitest", args, { timeoutMs });
    return { tests: true, output: run.output, ...count(readReport(report), run.failed > 0) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function count(report, runFailed) {
  if (report === undefined) return { passed: 0, failed: 1 };
  const unloadable = report.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length;
  const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests + unloadable;
  return { passed: report.numPassedTests, failed: runFailed && failed === 0 ? 1 : failed };
}
