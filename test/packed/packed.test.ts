import { execFile } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectDeliveredOnce } from "../restart-expectations.ts";
import { playRestart } from "../restart-story.ts";
import { runProgram } from "../running-program.ts";
import { installPackedProject, type PackedProject } from "./packed-project.ts";

let project: PackedProject;

beforeAll(async () => {
  project = await installPackedProject();
});
afterAll(() => project[Symbol.asyncDispose]());

test("a killed program's accepted results are delivered once by its next life", async () => {
  const story = await playRestart({
    cwd: project.folder,
    game: [join(project.folder, "report-match.mjs")],
    emulator: [join(project.folder, "node_modules/.bin/questline-emulator")],
  });
  expect(story.world.users).toHaveLength(1);
  expectDeliveredOnce(story);
});

test("every entry loads, and none of them from the workspace", async () => {
  const entries = ["core", "core/testing", "emulator", "colyseus", "colyseus/attach", "colyseus/messages"].map(
    (e) => `@questline/${e}`,
  );
  const program = `for (const entry of ${JSON.stringify(entries)}) {
    const { length } = Object.keys(await import(entry));
    console.log(entry, length > 0, import.meta.resolve(entry).startsWith(${JSON.stringify(projectUrl())}));
  }`;
  const { stdout } = await runProgram(["--input-type=module", "--eval", program], { cwd: project.folder });
  expect(stdout.trim().split("\n")).toEqual(entries.map((entry) => `${entry} true true`));
});

test("questline-emulator is a program that npm puts on the path", async () => {
  const bin = join(project.folder, "node_modules/.bin/questline-emulator");
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}` };
  const { stdout } = await promisify(execFile)(bin, ["--help"], { env });
  expect(stdout).toMatch(/^Usage: questline-emulator /);
});

test("types resolve in a strict project that checks libraries too", async () => {
  expect(await project.typeErrors("tsconfig.json")).toBe("");
});

test("types of the plugin resolve in a Colyseus project", async () => {
  expect(await project.typeErrors("tsconfig.colyseus.json")).toBe("");
});

function projectUrl(): string {
  return new URL(`file://${project.folder}/node_modules/@questline/`).href;
}
