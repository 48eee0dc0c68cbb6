import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { operations } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import { expect, test } from "vitest";
import { vectorSeed } from "./contract/emulator-world.ts";
import { recordingServer } from "./contract/recording-server.ts";
import { ada } from "./contract/vectors.ts";
import { startProgram, type ProgramEnd } from "./running-program.ts";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const program = ["--conditions=questline-source", join(cwd, "test/programs/drift.mjs")];
/** Runs it with these variables of its own, and none that the machine may have. */
async function run(variables: Record<string, string>, ...flags: string[]): Promise<ProgramEnd> {
  const none = { QUESTLINE_APP_ID: "", QUESTLINE_APP_SECRET: "", QUESTLINE_USER_ID: "", QUESTLINE_USER_TOKEN: "" };
  await using started = startProgram([...program, ...flags], { cwd, env: { ...none, ...variables } });
  return await started.ended;
}

const OWN = { QUESTLINE_APP_ID: "1", QUESTLINE_APP_SECRET: "test-secret" };

test("without credentials it says so, sends nothing and exits 2", async () => {
  await using server = await recordingServer();
  for (const partial of [{}, { QUESTLINE_APP_ID: "1" }]) {
    const { code, stderr } = await run({ QUESTLINE_GRAPH_URL: server.url, ...partial });
    expect(code).toBe(2);
    expect(stderr).toContain("set QUESTLINE_APP_ID and QUESTLINE_APP_SECRET");
  }
  expect(server.asked).toEqual([]);
});

test("calls and flags that do not exist are refused with 2", async () => {
  expect((await run(OWN, "--also", "users.rename")).code).toBe(2);
  expect((await run(OWN, "--write")).code).toBe(2);
});

test("only reads are sent, differences are named by member, and no secret is shown", async () => {
  await using server = await recordingServer();
  server.answer(200, JSON.stringify({ data: [{ id: 5, surprise: true }] }));
  const { code, stdout, stderr } = await run({ ...OWN, QUESTLINE_GRAPH_URL: server.url });

  expect(code).toBe(1);
  const reads = Object.values(operations)
    .filter(({ repeat }) => repeat === "read")
    .map(({ request }) => request.replaceAll("{app_id}", "1").replace(/\{\w+\}/, "ID"));
  const asked = server.asked.map(({ method, path }) => `${method} ${path.replace(/\d{10,}/, "ID")}`);
  expect(asked.length).toBeGreaterThan(5);
  expect(reads).toEqual(expect.arrayContaining([...new Set(asked)]));
  expect(stdout).toMatch(/differs +achievements\.definitions, .*answer\.data\[0\]\.surprise is new/);
  expect(stdout).toMatch(/skipped +achievements\.read, .*set QUESTLINE_USER_ID/);
  expect(stdout + stderr).not.toContain("test-secret");
});

test("what the emulator knows is the same as in the vectors", async () => {
  await using emulator = await createEmulator({ seed: vectorSeed });
  const { stdout } = await run({
    ...OWN,
    QUESTLINE_GRAPH_URL: emulator.url,
    QUESTLINE_USER_ID: ada.id,
    QUESTLINE_USER_TOKEN: ada.token,
  });
  for (const call of ["achievements.definitions", "leaderboards.list", "users.me", "users.get"]) {
    expect(stdout).toMatch(new RegExp(`^same +${call},`, "m"));
  }
});
