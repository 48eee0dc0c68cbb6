import { execFile } from "node:child_process";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createEmulator } from "@questline/emulator";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { freePort } from "../free-port.ts";
import { expectDeliveredOnce, expectEffects } from "../restart-expectations.ts";
import { playRestart, restartSeed } from "../restart-story.ts";
import { type ProgramEnd, runProgram, startProgram } from "../running-program.ts";
import { skipWith } from "../skip-with.ts";
import { type FetchedPackages, fetchedPackages } from "./fetched-packages.ts";
import type { PackedProject } from "./packed-project.ts";

const packages = {
  "@vercel/ncc": "0.45.0",
  bun: "1.4.5",
  esbuild: "0.28.2",
  rollup: "4.68.8",
  tsup: "9.0.0",
  vite: "8.4.0",
  webpack: "5.113.0",
  "webpack-cli": "7.3.1",
};

const next = ["next@16.4.6", "react@19", "react-dom@19"];

const page = fileURLToPath(new URL("../../docs/bundlers.md", import.meta.url));
const text = await readFile(page, "utf8");
const lines: readonly string[] = /^```sh\n([\s\S]*?)^```$/m.exec(text)?.[1]?.trim().split("\n") ?? [];

/** What nobody should do: everything in one file. Rollup and ncc take longest for it and come out as the others do. */
const inlined = [
  "esbuild src/server.js --bundle --platform=node --outfile=inlined/esbuild/server.cjs",
  "tsup --config tsup.inlined.mjs --out-dir inlined/tsup",
  "vite build --ssr src/server.js --outDir inlined/vite --config vite.inlined.mjs",
  "webpack --mode none --target node --entry ./src/server.js --output-path inlined/webpack --output-filename server.cjs",
  "bun build src/server.js --target=node --outfile=inlined/bun/server.js",
];

const streaks = "esbuild streaks.mjs --bundle --platform=node --outfile=inlined/streaks.cjs";

const bundlerOf = (line: string): string => line.split(" ", 1)[0] ?? "";
const outputs: Readonly<Record<string, string>> = { ncc: "index.js", webpack: "server.cjs" };
const inlinedOutputs: Readonly<Record<string, string>> = { esbuild: "server.cjs", tsup: "server.cjs", ...outputs };

/** Bundles of programs that use the packed packages. `projectOf` is asked when the tests run. */
export function bundlerSuite(projectOf: () => PackedProject): void {
  let fetched: FetchedPackages;

  beforeAll(async () => {
    fetched = await fetchedPackages(packages);
    // Puts the program in its place, which is all that its install script does.
    if ("folder" in fetched) await runProgram(["install.js"], { cwd: join(fetched.folder, "node_modules/bun") });
  });

  /** Undefined: there are no bundlers on this machine. */
  async function bundle(line: string): Promise<ProgramEnd | undefined> {
    if ("missing" in fetched) return undefined;
    const [name = "", ...args] = line.split(" ");
    const program = join(fetched.folder, "node_modules/.bin", name);
    const cwd = projectOf().folder;
    const run = name === "bun" ? startProgram(args, { cwd, node: program }) : startProgram([program, ...args], { cwd });
    return run.ended;
  }
  function expectBundled(end: ProgramEnd | undefined, context: TestContext): void {
    if ("missing" in fetched) return skipWith(context, fetched.missing);
    expect(end?.code, `${end?.stdout}${end?.stderr}`).toBe(0);
  }
  test("the page has a line for each", () => {
    expect(lines.map(bundlerOf)).toEqual(["esbuild", "tsup", "rollup", "vite", "webpack", "ncc", "bun"]);
  });

  describe("bundled as the page has it", () => {
    test.concurrent.for(lines)("%s", async (line, context) => {
      expectBundled(await bundle(line), context);
      const name = bundlerOf(line);
      const cwd = projectOf().folder;
      await using emulator = await createEmulator({ seed: await restartSeed() });
      const game = [join("dist", name, outputs[name] ?? "server.js"), emulator.url, `${name}.db`, "deliver"];
      const { stdout, stderr } = await runProgram(game, { cwd });
      const [reported, debts = ""] = stdout.split("\n");
      expect(reported).toBe("accepted");
      expect(JSON.parse(debts)).toMatchObject({ owed: 0, dead: 0 });
      expectEffects(emulator.world.snapshot());
      expect(stderr).not.toContain("questline");
    });
  });

  describe("bundled with everything in it, and nothing beside it", () => {
    const ends = new Map<string, ProgramEnd | undefined>();
    const core = (): string => join(projectOf().folder, "node_modules/@questline/core");
    beforeAll(async () => {
      await Promise.all([...inlined, streaks].map(async (line) => ends.set(line, await bundle(line))));
      // webpack writes the place of a module into the bundle.
      await rename(core(), `${core()}-away`);
    });
    afterAll(() => rename(`${core()}-away`, core()));

    test.concurrent.for(inlined)("%s", async (line, context) => {
      expectBundled(ends.get(line), context);
      const name = bundlerOf(line);
      const cwd = projectOf().folder;
      const bundled = join(cwd, "inlined", name, inlinedOutputs[name] ?? "server.js");
      const story = await playRestart({ cwd, game: [bundled] });
      expectDeliveredOnce(story);
      expect(story.warnings.match(/Leave @questline\/core out of the bundle/g)).toHaveLength(1);
    });

    test("streaks go on in the rooms' thread, which is said once", async (context) => {
      expectBundled(ends.get(streaks), context);
      const cwd = projectOf().folder;
      const args = [join(cwd, "inlined/streaks.cjs"), join(cwd, "streaks.db")];
      const first = await runProgram(args, { cwd });
      expect(first.stdout).toBe('{"wins":2}\n');
      expect(first.stderr.match(/QUESTLINE_BUNDLED/g)).toHaveLength(1);
      expect((await runProgram(args, { cwd })).stdout).toBe('{"wins":2}\n');
    });
  });

  test("next build, with the page's line in next.config.mjs", { timeout: 300_000 }, async (context) => {
    if (process.env["QUESTLINE_TEST_NEXT"] !== "1")
      return skipWith(context, "Next.js takes 340 MB and a minute; QUESTLINE_TEST_NEXT=1 runs it");
    const cwd = projectOf().folder;
    await promisify(execFile)("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...next], { cwd });
    await writeFile(join(cwd, "next/next.config.mjs"), /^```js\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? "");
    await using emulator = await createEmulator({ seed: await restartSeed() });
    const env = { NEXT_TELEMETRY_DISABLED: "1", GRAPH_URL: emulator.url, DATABASE: join(cwd, "next.db") };
    const program = join(cwd, "node_modules/next/dist/bin/next");
    await runProgram([program, "build", "next"], { cwd, env });
    const port = String(await freePort());
    await using server = startProgram([program, "start", "next", "-p", port], { cwd, env });
    await server.line(/Ready/);
    const answer = await fetch(`http://127.0.0.1:${port}/report`);
    expect(await answer.json()).toMatchObject({ status: "accepted", owed: 0, dead: 0 });
    expectEffects(emulator.world.snapshot());
  });
}
