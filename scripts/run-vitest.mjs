import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests } from "./count-tests.mjs";
import { runCommand } from "./run-command.mjs";

/**
 * Runs one vitest project and counts its tests by vitest's own report.
 * @param {string} project
 * @param {{ timeoutMs: number }} options
 */
export async function runVitest(project, { timeoutMs }) {
  const folder = mkdtempSync(join(tmpdir(), "questline-report-"));
  const report = join(folder, "report.json");
  try {
    const args = ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const run = await runCommand("vitest", args, { timeoutMs });
    return { output: run.output, ...countTests(readReport(report), run.failed > 0) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
