import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../running-program.ts";
import { fetchManagers } from "./fetch-managers.ts";
import { gameProject, type GameProject, type Managers } from "./game-project.ts";
import { serveRegistry, type LocalRegistry } from "./local-registry.ts";
import { bin, root } from "./packed-packages.ts";

interface Installed {
  readonly manager: keyof Managers;
  readonly colyseus: string;
  readonly vitest: string;
  /** What the game has before it installs ours. Default: Colyseus alone. */
  readonly has?: "vitest";
}

/** Every value with every value of another kind, and not every three of them. */
const matrix: readonly Installed[] = [
  { manager: "npm 10", colyseus: "0.17", vitest: "3" },
  { manager: "npm 10", colyseus: "0.18", vitest: "5" },
  { manager: "npm 11", colyseus: "0.17", vitest: "5", has: "vitest" },
  { manager: "npm 11", colyseus: "0.18", vitest: "4", has: "vitest" },
  { manager: "pnpm", colyseus: "0.17", vitest: "4", has: "vitest" },
  { manager: "pnpm", colyseus: "0.18", vitest: "3" },
];

let registry: LocalRegistry;
let managers: Managers;

beforeAll(async () => {
  managers = await fetchManagers();
  registry = await serveRegistry();
});
afterAll(() => registry[Symbol.asyncDispose]());

/** The packages, and flags, of the line that a page has. */
async function installLine(page: string): Promise<readonly string[]> {
  const text = await readFile(join(root, "docs", page), "utf8");
  const [, line] = /^npm install (.*)$/m.exec(text) ?? [];
  if (line === undefined) throw new Error(`docs/${page} says how to install`);
  return line.split(" ");
}

/** As the page says: Colyseus's packages in the version of the game's Colyseus. */
const inVersions = (line: readonly string[], { colyseus, vitest }: Installed): readonly string[] =>
  line.map((word) => {
    if (word === "vitest") return `vitest@^${vitest}`;
    return word.startsWith("@colyseus/") ? `${word}@^${colyseus}.0` : word;
  });

async function expectOneColyseus({ folder }: GameProject): Promise<void> {
  const { stdout } = await runProgram(["imports.mjs"], { cwd: folder });
  const told = stdout.split("\n").find((line) => line.startsWith("{")) ?? "nothing";
  expect(JSON.parse(told)).toEqual({ oneCore: true, entries: ["function", "function"] });
}

async function expectTestPasses({ folder }: GameProject, vitest: string): Promise<void> {
  const pool = vitest === "3" ? ["--pool=threads"] : [];
  const program = join(folder, "node_modules/vitest/vitest.mjs");
  await runProgram([program, "run", "--reporter=json", "--outputFile=report.json", ...pool], { cwd: folder });
  const report: unknown = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
  expect(report).toMatchObject({ numPassedTests: 1, numTotalTests: 1 });
}

test.concurrent.for(matrix)(
  "$manager installs what the pages say beside Colyseus $colyseus and vitest $vitest",
  { timeout: 240_000 },
  async (wanted, { expect: expectHere }) => {
    const { manager, colyseus, vitest, has } = wanted;
    const dependencies = { colyseus: `^${colyseus}.0`, ...(has && { vitest: `^${vitest}` }) };
    await using game = await gameProject({ manager, managers, registry: registry.url, dependencies });
    expectHere(await game.add(await installLine("colyseus.md"))).not.toContain("ERESOLVE");
    await game.checkPeers();
    await expectOneColyseus(game);

    expectHere(await game.add(inVersions(await installLine("testing.md"), wanted))).not.toContain("ERESOLVE");
    await game.checkPeers();
    await expectOneColyseus(game);
    await expectTestPasses(game, vitest);
    const types = promisify(execFile)(join(bin, "tsc"), ["-p", game.folder]);
    expectHere(await types.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: "" });
  },
);

test("npm 10 installs beside @colyseus/core 0.17 where nothing brings @colyseus/auth", async () => {
  const dependencies = { "@colyseus/core": "^0.17.0", "@colyseus/ws-transport": "^0.17.0" };
  await using game = await gameProject({ manager: "npm 10", managers, registry: registry.url, dependencies });
  expect(await game.add(await installLine("colyseus.md"))).not.toContain("ERESOLVE");
  await game.checkPeers();
});

test.concurrent.for(["npm 10", "pnpm"] as const)(
  "%s installs beside Colyseus 0.16",
  async (manager, { expect: expectHere }) => {
    const dependencies = { colyseus: "^0.16.0" };
    await using game = await gameProject({ manager, managers, registry: registry.url, dependencies });
    expectHere(await game.add(await installLine("colyseus.md"))).not.toContain("ERESOLVE");
    await game.checkPeers();
    await expectOneColyseus(game);
  },
);
