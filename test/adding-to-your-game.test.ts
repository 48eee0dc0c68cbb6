import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Room } from "@colyseus/sdk";
import { createEmulator, type Seed } from "@questline/emulator";
import { describe, expect, test } from "vitest";
import { codeBlocks } from "./code-blocks.ts";
import { freePort } from "./free-port.ts";
import { changedLines } from "./line-changes.ts";
import { playNoughts } from "./play-noughts.ts";
import { startProgram } from "./running-program.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const game = join(here, "fixtures/noughts");
const page = await readFile(join(here, "../docs/adding-to-your-game.md"), "utf8");
const read = (version: "before" | "after", file: string): Promise<string> =>
  readFile(join(game, version, file), "utf8");

const ids = { ada: "80000000000000001", grace: "80000000000000002" };
const seed: Seed = {
  apps: [
    {
      id: "1",
      secret: "test-secret",
      achievements: [
        { api_name: "FIRST_WIN", achievement_type: "SIMPLE", achievement_write_policy: "SERVER_AUTHORITATIVE" },
        {
          api_name: "WINS_100",
          achievement_type: "COUNT",
          target: 100,
          achievement_write_policy: "SERVER_AUTHORITATIVE",
        },
      ],
    },
  ],
  users: Object.entries(ids).map(([alias, id]) => ({
    alias,
    ids: { "1": id },
    tokens: { "1": [`FRL-${alias}-test-token`] },
  })),
};

interface Client {
  joinGame(url: string, token: string): Promise<Room>;
}

async function playToTheEnd(version: "before" | "after", url: string, again: number): Promise<void> {
  const { joinGame } = (await import(pathToFileURL(join(game, version, "client.ts")).href)) as Client;
  const ada = await joinGame(url, "FRL-ada-test-token");
  const grace = await joinGame(url, "FRL-grace-test-token");
  await playNoughts(ada, grace, again);
}

describe("docs/adding-to-your-game.md", () => {
  test("changes at most 15 lines of the game, those it shows, and adds the one file it shows", async () => {
    const files = { before: await readdir(join(game, "before")), after: await readdir(join(game, "after")) };
    expect(files.after.filter((file) => !files.before.includes(file))).toEqual(["questline.ts"]);
    expect(codeBlocks(page).get("questline.ts")).toBe(await read("after", "questline.ts"));

    const shown = [...page.matchAll(/^```diff\n \/\/ (\S+)\n([\s\S]*?)^```$/gm)];
    const shownLines = new Map(
      shown.map(([, file, diff]) => [file!, diff!.split("\n").filter((l) => /^[+-]/.test(l))]),
    );
    let count = 0;
    for (const file of files.before) {
      const changes = changedLines(await read("before", file), await read("after", file));
      expect({ file, changes }).toEqual({ file, changes: shownLines.get(file) ?? [] });
      count += changes.filter((line) => line.startsWith("+")).length;
    }
    expect(count).toBe(9);
    expect(page).toContain("with nine changed lines");
  });

  test.each(["before", "after"] as const)("the game %s compiles in a strict project", async (version) => {
    const folder = await mkdtemp(join(game, version, ".types-"));
    try {
      const compilerOptions = {
        noPropertyAccessFromIndexSignature: false,
        noImplicitOverride: false,
        noUnusedParameters: false,
      };
      const project = { extends: "../../../../../tsconfig.colyseus.json", compilerOptions, include: ["../*.ts"] };
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify(project));
      const said = await promisify(execFile)(join(here, "../node_modules/.bin/tsc"), ["-p", folder]).then(
        () => "",
        (error: { stdout: string }) => error.stdout,
      );
      expect(said).toBe("");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test.each(["before", "after"] as const)("the game %s is played to its end, twice", async (version) => {
    await using emulator = await createEmulator({ seed });
    await mkdir(join(here, ".readme"), { recursive: true });
    const folder = await mkdtemp(join(here, ".readme", "noughts-"));
    const port = await freePort();
    try {
      await using server = startProgram(["--conditions=questline-source", join(game, version, "index.ts")], {
        cwd: folder,
        env: { META_APP_ID: "1", META_APP_SECRET: "test-secret", META_GRAPH_URL: emulator.url, PORT: String(port) },
      });
      await server.line(/listening/);
      await playToTheEnd(version, `ws://127.0.0.1:${port}`, 1);
      const held = (id: string) => ({
        won: emulator.world.progress(id, "FIRST_WIN").unlocked,
        wins: emulator.world.progress(id, "WINS_100").count,
      });
      const expected =
        version === "before"
          ? { ada: { won: false, wins: 0n }, grace: { won: false, wins: 0n } }
          : { ada: { won: true, wins: 2n }, grace: { won: false, wins: 0n } };
      const read = () => ({ ada: held(ids.ada), grace: held(ids.grace) });
      await expect.poll(read, { timeout: 15_000 }).toEqual(expected);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
