// Every check of the workspace, in order. All of them run even when one fails; the last line says "N passed, N failed",
// and ", N skipped" where tests cannot run on this machine: the lines above it say why.
import { readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { env, root } from "./set-up.mjs";
import { runCommand } from "./run-command.mjs";
import { runVitest } from "./run-vitest.mjs";

/** @param {number} n */
const minutes = (n) => n * 60_000;

const typedProjects = ["packages", "examples", "."].flatMap((folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, folder, entry.name, "tsconfig.json")))
    .map((entry) => join(folder, entry.name)),
);

/**
 * @param {string} name
 * @param {string} file
 * @param {string[]} args
 */
const command = (name, file, args, timeoutMs = minutes(2)) => ({
  name,
  run: () => runCommand(file, args, { timeoutMs }),
});
/**
 * @param {string} name
 * @param {string} project
 * @param {number} timeoutMs
 */
const vitest = (name, project, timeoutMs) => ({ name, run: () => runVitest(project, { timeoutMs }) });

/**
 * @typedef {import("./count-tests.mjs").SkippedTest} SkippedTest
 * @typedef {{ passed: number, failed: number, output: string, skipped?: SkippedTest[] }} StepResult tests have `skipped`
 * @type {{ name: string, run: () => Promise<StepResult> }[]}
 */
const steps = [
  command("format", "oxfmt", ["--check", "."]),
  command("lint", "oxlint", ["."]),
  ...typedProjects.map((project) => command(`types ${project}`, "tsc", ["-p", join(project, "tsconfig.json")])),
  command("knip", "knip", []),
  command("build", "node", ["scripts/build.mjs"], minutes(3)),
  vitest("unit", "unit*", minutes(4)),
  vitest("integration", "integration", minutes(10)),
  vitest("chaos", "chaos", minutes(8)),
  vitest("packed", "packed", minutes(9)),
];

const INSTALL_MISSING = "--install-missing";
const given = process.argv.slice(2);
// Tests that need a package of the system install it only where that was asked for.
if (given.includes(INSTALL_MISSING)) Object.assign(env, { QUESTLINE_INSTALL_MISSING: "1" });
const chosen = chooseSteps(given.filter((argument) => argument !== INSTALL_MISSING));
let passed = 0;
let failed = 0;
/** @type {SkippedTest[]} */
const skipped = [];
for (const step of chosen) {
  const started = performance.now();
  const result = await step.run();
  passed += result.passed;
  failed += result.failed;
  skipped.push(...(result.skipped ?? []));
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const verdict = result.failed === 0 ? "ok" : "FAILED";
  const counts = result.skipped === undefined ? verdict : sum(result.passed, result.failed, result.skipped.length);
  console.log(`${step.name.padEnd(28)} ${counts.padEnd(36)} ${seconds.padStart(8)}`);
  if (result.failed > 0) console.log(`${result.output.trimEnd()}\n`);
}
for (const { test, reason } of skipped) console.log(`skipped: ${test}: ${reason}`);
console.log(sum(passed, failed, skipped.length));
process.exitCode = failed === 0 ? 0 : 1;

/**
 * @param {number} ran
 * @param {number} broke
 * @param {number} left
 */
function sum(ran, broke, left) {
  return `${ran} passed, ${broke} failed${left === 0 ? "" : `, ${left} skipped`}`;
}

/**
 * All steps, or those named after `--only`, by name or by its first word.
 * @param {string[]} args
 */
function chooseSteps(args) {
  if (args.length === 0) return steps;
  const [flag, list, ...more] = args;
  const wanted = flag === "--only" && more.length === 0 ? (list ?? "").split(",").filter(Boolean) : [];
  const known = new Set(steps.flatMap(({ name }) => [name, groupOf(name)]));
  const unknown = wanted.filter((name) => !known.has(name));
  if (wanted.length === 0 || unknown.length > 0) {
    console.error(
      `Usage: npm test -- [${INSTALL_MISSING}] --only ${[...new Set(steps.map(({ name }) => groupOf(name)))].join(",")}`,
    );
    if (unknown.length > 0) console.error(`No such step: ${unknown.join(", ")}.`);
    process.exit(2);
  }
  return steps.filter(({ name }) => wanted.includes(name) || wanted.includes(groupOf(name)));
}

/**
 * @param {string} name
 * @returns {string} its first word: "types packages/core" belongs to "types"
 */
function groupOf(name) {
  return name.split(" ", 1)[0] ?? name;
}
