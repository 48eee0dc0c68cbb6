import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runProgram } from "./running-program.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

test("a process with nothing left but its close waits for it, and hears what is owed", async () => {
  const args = ["--conditions=questline-source", "programs/close-with-nothing-open.mjs"];
  const { code, stdout } = await runProgram(args, { cwd: here });
  expect({ code, owed: JSON.parse(stdout) }).toEqual({
    code: 0,
    owed: { pending: 1, inFlight: 0, inDoubt: 0, parked: 0, dead: 0, setAside: 0, owed: 1 },
  });
});
