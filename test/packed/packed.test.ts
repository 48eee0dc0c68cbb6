import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { createEmulator } from "@questline/emulator";
import { afterAll, beforeAll, expect, test, type TestContext } from "vitest";
import { expectDeliveredOnce } from "../restart-expectations.ts";
import { playRestart, restartSeed } from "../restart-story.ts";
import { runProgram, startProgram } from "../running-program.ts";
import { skipWith } from "../skip-with.ts";
import { bundlerSuite } from "./bundlers.ts";
import { fetchedPackages } from "./fetched-packages.ts";
import { type OtherNode, otherNodes } from "./other-nodes.ts";
import { installPackedProject, type PackedProject } from "./packed-project.ts";

const manifest = readFileSync(new URL("../../packages/core/package.json", import.meta.url), "utf8");

/** The lowest Node that `engines` allows, and the newest there is. */
const lowest = /"node": "\^(\d+\.\d+\.\d+) /.exec(manifest)?.[1] ?? "none";
const newest = "26.10.0";

let project: PackedProject;
let nodes: ReadonlyMap<string, OtherNode>;
let databases: string;

beforeAll(async () => {
  [project, nodes] = await Promise.all([installPackedProject(), otherNodes([lowest, newest])]);
  databases = await mkdtemp(join(tmpdir(), "questline-nodes-"));
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await rm(databases, { recursive: true });
});

/** Its path; the one that runs the tests for "its own". */
function nodeOf(version: string, context: TestContext): string {
  if (version === "its own") return process.execPath;
  const node = nodes.get(version) ?? { missing: `Node ${version} was not asked for` };
  return "path" in node ? node.path : skipWith(context, node.missing);
}

test("a killed program's accepted results are delivered once by its next life", async () => {
  const story = await playRestart({
    cwd: project.folder,
    game: [join(project.folder, "report-match.mjs")],
    emulator: [join(project.folder, "node_modules/.bin/questline-emulator")],
  });
  expect(story.world.users).toHaveLength(1);
  expectDeliveredOnce(story);
});

test.for([lowest, newest])(
  "Node %s: a killed program's results are delivered once by its next life",
  async (version, context) => {
    const node = nodeOf(version, context);
    const cwd = project.folder;
    const story = await playRestart({ cwd, game: [join(cwd, "report-match.mjs")], node });
    expectDeliveredOnce(story);
  },
);

const asText = (program: string): string =>
  `process.argv.splice(1, 0, ${JSON.stringify(program)}); await import(${JSON.stringify(`./${program}`)});`;
const ways = {
  "--watch": (program: string) => ["--watch", program],
  "--eval": (program: string) => ["--input-type=module", "--eval", asText(program), "--"],
};

test.for([
  { version: lowest, way: "--eval" },
  { version: "its own", way: "--watch" },
  { version: newest, way: "--watch" },
] as const)("Node $version: results and streaks arrive under $way", async ({ version, way }, context) => {
  const node = nodeOf(version, context);
  const cwd = project.folder;
  await using emulator = await createEmulator({ seed: await restartSeed() });
  const file = (name: string): string => join(databases, `${version}${way}-${name}.db`);
  const game = [...ways[way]("report-match.mjs"), emulator.url, file("game"), "deliver"];
  await using reporting = startProgram(game, { cwd, node });
  await using counting = startProgram([...ways[way]("streaks.mjs"), file("streaks")], { cwd, node });
  expect(JSON.parse(await reporting.line(/^{/))).toMatchObject({ owed: 0, dead: 0 });
  expect(await counting.line(/^{/)).toBe('{"wins":2}');
});

test.each([
  ["old-node.mjs", "Node.js 22.14.0"],
  ["as-bun.mjs", "Bun 1.4.5"],
  ["as-deno.mjs", "Deno 2.9.6"],
])("%s: every entry that needs Node says which, in a sentence", async (preloaded, name) => {
  const program = `for (const entry of ["core", "core/testing", "colyseus", "colyseus/attach"])
    await import("@questline/" + entry).catch(({ message }) => console.log(message));`;
  const args = ["--import", `./${preloaded}`, "--input-type=module", "--eval", program];
  const { stdout } = await runProgram(args, { cwd: project.folder });
  const sentence = `Questline needs Node.js 22.19 or newer (of Node.js 23: 23.11 or newer), and this is ${name}. Start the server with such a Node.js.`;
  expect(stdout.trim().split("\n")).toEqual(Array(4).fill(sentence));
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

test("no file of the packages names a source file", async () => {
  const naming: string[] = [];
  for (const name of ["core", "colyseus", "emulator"]) {
    const dist = join(project.folder, "node_modules/@questline", name, "dist");
    const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith(".js"));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      if (/["'`][^"'`\n]*\.ts["'`]/.test(await readFile(join(dist, file), "utf8"))) naming.push(file);
    }
  }
  expect(naming).toEqual([]);
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

test("types resolve as TypeScript 5 did before packages had exports (moduleResolution node10)", async (context) => {
  const fetched = await fetchedPackages({ typescript: "5.9.3" });
  if ("missing" in fetched) return skipWith(context, fetched.missing);
  const tsc = join(fetched.folder, "node_modules/typescript/bin/tsc");
  const checked = promisify(execFile)(process.execPath, [tsc, "-p", "tsconfig.node10.json"], { cwd: project.folder });
  await expect(checked.catch((error: { stdout: string }) => error)).resolves.toMatchObject({ stdout: "" });
});

bundlerSuite(() => project);

function projectUrl(): string {
  return new URL(`file://${project.folder}/node_modules/@questline/`).href;
}
