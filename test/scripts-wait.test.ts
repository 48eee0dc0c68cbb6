import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEmulator } from "@questline/emulator";
import type { Emulator } from "@questline/emulator";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram } from "./running-program.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const USER = "80000000000000001";

let folder: string;
let emulator: Emulator;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-script-"));
  emulator = await createEmulator();
  emulator.world.createUser({ alias: "amber", ids: { "1": USER } });
  // The first answers are lost, so that there is a time in which nothing but a timer is left.
  emulator.faults.add({ operation: "achievements.write", kind: "status", status: 500, times: 2 });
});
afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a script says that ends by itself; rejects unless it ends with 0. */
async function said(program: string, path: string, what: string): Promise<unknown> {
  const args = ["--conditions=questline-source", `programs/${program}`, path, emulator.url, USER, what];
  const { stdout } = await runProgram(args, { cwd: here });
  return stdout === "" || stdout === "undefined\n" ? stdout.trim() : JSON.parse(stdout);
}

const delivered = [{ rule: "matchEnded/unlock/FIRST_WIN", target: "FIRST_WIN", status: "delivered" }];

test.each(["file", "memory"])(
  "a module that waits for a promise stays until it is known, then ends (%s)",
  async (where) => {
    const path = (name: string): string => (where === "memory" ? "memory" : join(folder, `${name}.db`));
    expect(await said("wait-for.ts", path("ready"), "ready")).toBe("ready");
    expect(await said("wait-for.ts", path("durable"), "durable")).toEqual({ status: "accepted" });
    expect(await said("wait-for.ts", path("prefetch"), "prefetch")).toBe("read");
    expect(await said("wait-for.ts", path("settled"), "settled")).toEqual(delivered);
  },
);

test("so does a CommonJS script", async () => {
  expect(await said("wait-for-settled.cjs", join(folder, "cjs.db"), "")).toEqual(delivered);
});

test("a script that waits for nothing keeps its report and ends", async () => {
  const path = join(folder, "nothing.db");
  expect(await said("wait-for.ts", path, "nothing")).toBe("undefined");
  expect(await said("wait-for.ts", path, "durable")).toEqual({ status: "duplicate" });
});
