/**
 * What a run of vitest amounts to. A skipped test, a file that does not load and a run that fails outside its tests
 * count as failed; so does a run that left no report.
 * @param {VitestReport | undefined} report what vitest's json reporter wrote
 * @param {boolean} runFailed whether vitest itself ended badly
 * @returns {{ passed: number, failed: number }}
 *
 * @typedef {{
 *   numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: unknown[] }[],
 * }} VitestReport
 */
export function countTests(report, runFailed) {
  if (report === undefined) return { passed: 0, failed: 1 };
  const unloadable = report.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length;
  const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests + unloadable;
  return { passed: report.numPassedTests, failed: runFailed && failed === 0 ? 1 : failed };
}
