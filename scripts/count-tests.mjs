/**
 * What a run of vitest amounts to. A test that cannot run on this machine says why and counts apart (`skipReason`, see
 * test/skip-with.ts); one skipped without a reason, a file that does not load and a run that fails outside its tests count
 * as failed; so does a run that left no report.
 * @param {VitestReport | undefined} report what vitest's json reporter wrote
 * @param {boolean} runFailed whether vitest itself ended badly
 * @returns {{ passed: number, failed: number, skipped: SkippedTest[] }}
 *
 * @typedef {{ test: string, reason: string }} SkippedTest
 * @typedef {{ fullName: string, status: string, meta?: Record<string, unknown> }} AssertionResult
 * @typedef {{
 *   numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: AssertionResult[] }[],
 * }} VitestReport
 */
export function countTests(report, runFailed) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: [] };
  const unloadable = report.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length;
  const skipped = report.testResults.flatMap(({ assertionResults }) => assertionResults.flatMap(skippedTest));
  const unreasoned = report.numPendingTests - skipped.length;
  const failed = report.numFailedTests + unreasoned + report.numTodoTests + unloadable;
  return { passed: report.numPassedTests, failed: runFailed && failed === 0 ? 1 : failed, skipped };
}

/**
 * @param {AssertionResult} result
 * @returns {SkippedTest[]} itself, where it was skipped for a stated reason
 */
function skippedTest({ fullName, status, meta }) {
  const reason = meta?.["skipReason"];
  return status === "skipped" && typeof reason === "string" && reason !== "" ? [{ test: fullName, reason }] : [];
}
