import { spawn } from "node:child_process";
import { env, root } from "./set-up.mjs";

/**
 * Runs one program to its end and keeps what it said. A program that outlives `timeoutMs` is killed with its children.
 * @param {string} file
 * @param {string[]} args
 * @param {{ timeoutMs: number }} options
 * @returns {Promise<{ passed: number, failed: number, output: string }>} one check, passed or failed
 */
export function runCommand(file, args, { timeoutMs }) {
  return new Promise((resolve) => {
    /** @type {string[]} */
    const pieces = [];
    const child = spawn(file, args, {
      cwd: root,
      env: { ...env, NO_COLOR: "1", FORCE_COLOR: undefined },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const killGroup = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    /** @param {string} signal */
    const stop = (signal) => {
      killGroup();
      process.exit(signal === "SIGINT" ? 130 : 143);
    };
    const timer = setTimeout(() => {
      pieces.push(`\nStopped: still running after ${timeoutMs / 1000} s.\n`);
      killGroup();
    }, timeoutMs);
    /** @param {boolean} ok */
    const finish = (ok) => {
      clearTimeout(timer);
      process.off("SIGINT", stop).off("SIGTERM", stop);
      resolve({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, output: pieces.join("") });
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
    child.stdout.setEncoding("utf8").on("data", (text) => pieces.push(text));
    child.stderr.setEncoding("utf8").on("data", (text) => pieces.push(text));
    child.on("error", (error) => {
      pieces.push(`Could not start ${file}: ${error.message}\n`);
      finish(false);
    });
    child.on("close", (code) => finish(code === 0));
  });
}
