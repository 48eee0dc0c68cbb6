import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "@colyseus/sdk";
import { createEmulator, type Emulator, type Seed } from "@questline/emulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "./free-port.ts";
import { startProgram } from "./running-program.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const USER = "80000000000000001";
const TOKEN = "FRL-readme-test-token";

/** What the README's game has at the platform. */
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
        {
          api_name: "EVERY_MAP",
          achievement_type: "BITFIELD",
          target: 7,
          bitfield_length: 7,
          achievement_write_policy: "SERVER_AUTHORITATIVE",
        },
      ],
      leaderboards: [
        { api_name: "BEST_TIME", sort_order: "LOWER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" },
      ],
    },
  ],
  users: [{ alias: "ada", ids: { "1": USER }, tokens: { "1": [TOKEN] } }],
};

/** Serves the README's room, which is all that a game server adds to it. */
const serveRoom = `
import { Server, WebSocketTransport } from "colyseus";
import { ArenaRoom } from "./arena-room.ts";

const server = new Server({ transport: new WebSocketTransport(), greet: false });
server.define("arena", ArenaRoom);
await server.listen(Number(process.env.PORT));
console.log("listening");
`;

describe("the README's lines", () => {
  let folder: string;
  let emulator: Emulator;

  beforeEach(async () => {
    // Inside the workspace, where the packages are found by their names.
    await mkdir(join(here, ".readme"), { recursive: true });
    folder = await mkdtemp(join(here, ".readme", "run-"));
    for (const [name, code] of await readBlocks()) await writeFile(join(folder, name), code);
    await writeFile(join(folder, "serve-room.ts"), serveRoom);
    emulator = await createEmulator({ seed });
  });
  afterEach(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (program: string, port: number) =>
    startProgram(["--conditions=questline-source", program], {
      cwd: folder,
      env: { META_APP_ID: "1", META_APP_SECRET: "test-secret", META_GRAPH_URL: emulator.url, PORT: String(port) },
    });

  const expectMatchDelivered = async () => {
    await expect.poll(() => emulator.world.progress(USER, "FIRST_WIN").unlocked, { timeout: 10_000 }).toBe(true);
    await expect.poll(() => emulator.world.progress(USER, "WINS_100").count, { timeout: 10_000 }).toBe(1n);
    await expect.poll(() => emulator.world.progress(USER, "EVERY_MAP").bits, { timeout: 10_000 }).toBe("0001000");
    await expect.poll(() => emulator.world.entry("BEST_TIME", USER)?.score, { timeout: 10_000 }).toBe(81_250n);
  };

  test("for a room unlock the winner's achievements and post the score", async () => {
    const port = await freePort();
    await using server = start("serve-room.ts", port);
    await server.line(/listening/);
    const room = await new Client(`ws://127.0.0.1:${port}`).joinOrCreate("arena", { metaToken: TOKEN });
    room.onMessage("*", () => {});
    room.send("start");
    await expect.poll(() => (room.state as { phase: string }).phase, { interval: 10 }).toBe("playing");
    room.send("finish");
    await expectMatchDelivered();
    await room.leave();
  });

  test("for a custom server do the same, and say what is owed at the end", async () => {
    const port = await freePort();
    await using server = start("game-server.ts", port);
    await server.line(/listening/);
    const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { "x-meta-token": TOKEN } });
    expect(await answer.text()).toBe("accepted");
    const refused = await fetch(`http://127.0.0.1:${port}`, { headers: { "x-meta-token": "FRL-nobody" } });
    expect(refused.status).toBe(401);
    await expectMatchDelivered();
    server.kill("SIGTERM");
    const { code, stdout } = await server.ended;
    expect({ code, last: stdout.trim().split("\n").at(-1) }).toEqual({
      code: 0,
      last: "0 results wait for the next start",
    });
  });

  test("link to files that are there", async () => {
    const text = await readFile(join(here, "../README.md"), "utf8");
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!);
    expect(links).toContain("docs/contract.md");
    expect(links.filter((path) => !existsSync(join(here, "..", path)))).toEqual([]);
  });

  test("compile in a strict project", async () => {
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../../tsconfig.colyseus.json",
        compilerOptions: { noPropertyAccessFromIndexSignature: false, noImplicitOverride: false },
        include: ["."],
      }),
    );
    const tsc = join(here, "../node_modules/.bin/tsc");
    const said = await promisify(execFile)(tsc, ["-p", folder]).then(
      () => "",
      (error: { stdout: string }) => error.stdout,
    );
    expect(said).toBe("");
  });
});

/** The README's TypeScript blocks by the file name in their first line. */
async function readBlocks(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(here, "../README.md"), "utf8");
  const blocks = [...text.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, name, code]) => [name!, code!] as const,
  );
  expect(blocks.map(([name]) => name)).toEqual(["questline.ts", "arena-room.ts", "game-server.ts"]);
  return new Map(blocks);
}
