// Runs a program of the workspace from a fresh clone on: installs what is missing, then hands over to the pinned Node.
//   node scripts/run.mjs demo [arguments of the demo]
//   node scripts/run.mjs chaos [arguments of the chaos run]
//   node scripts/run.mjs test [--only lint,unit]
//   node scripts/run.mjs bench [arguments of the benchmarks]
//   node scripts/run.mjs drift [--also calls]
//   node scripts/run.mjs build | platform-page | format
import { constants } from "node:os";
import { spawn } from "node:child_process";
import { ensureInstalled, env, node, root } from "./set-up.mjs";

/** What the pinned Node is given, by target. */
const targets = new Map([
  ["demo", ["--conditions=questline-source", "examples/arena/src/demo.ts"]],
  ["bench:rooms", ["--conditions=questline-source", "examples/arena/src/bench-rooms.ts"]],
  ["chaos", ["--conditions=questline-source", "chaos/src/chaos.ts"]],
  ["test", ["scripts/test.mjs"]],
  ["build", ["scripts/build.mjs"]],
  ["drift", ["--conditions=questline-source", "test/programs/drift.mjs"]],
  ["platform-page", ["--conditions=questline-source", "test/programs/write-platform-page.mjs"]],
  ["format", ["node_modules/oxfmt/bin/oxfmt", "."]],
  ["bench", ["--conditions=questline-source", "bench/src/main.ts"]],
]);

const [target = "", ...rest] = process.argv.slice(2);
const program = targets.get(target);
if (program === undefined) {
  console.error(`Say what to run: one of ${[...targets.keys()].join(", ")}.`);
  process.exit(2);
}

ensureInstalled();

const child = spawn(node, [...program, ...rest], { cwd: root, env, stdio: "inherit" });

// A terminal's Ctrl-C reaches the child by itself; every other signal is passed on.
for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP", "SIGINT"])) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("error", (error) => {
  console.error(`Could not start ${node}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
