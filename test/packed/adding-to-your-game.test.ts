import { appendFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Room } from "@colyseus/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeBlocks } from "../code-blocks.ts";
import { freePort } from "../free-port.ts";
import { playNoughts } from "../play-noughts.ts";
import { runProgram, type RunningProgram, startProgram } from "../running-program.ts";
import { fetchManagers } from "./fetch-managers.ts";
import { gameProject, type GameProject, type Managers } from "./game-project.ts";
import { serveRegistry, type LocalRegistry } from "./local-registry.ts";
import { root } from "./packed-packages.ts";

const page = await readFile(join(root, "docs/adding-to-your-game.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, block]) => block!);
const [install, installEmulator, startEmulator, startGame, look, installOlder] = blocks("sh").flatMap((block) =>
  block.trim().split("\n"),
);
const [guests, browsers] = blocks("ts").filter((block) => !block.startsWith("//"));

let registry: LocalRegistry;
let managers: Managers;

beforeAll(async () => {
  managers = await fetchManagers();
  registry = await serveRegistry();
});
afterAll(() => registry[Symbol.asyncDispose]());

/** The versions that a project of each kind has. */
const kinds = {
  "0.18": { colyseus: "^0.18.0", "@colyseus/schema": "^5.0.0", typescript: "^5.0.4" },
  "0.17": { colyseus: "^0.17.0", "@colyseus/schema": "^4.0.0", typescript: "^5.0.4" },
};
type Kind = keyof typeof kinds;

/** As `npm create colyseus-app` makes one, with the page's game in it: sources in `src`, imports that end in `.js`. */
async function newProject(kind: Kind): Promise<GameProject> {
  const { colyseus } = kinds[kind];
  const dependencies = {
    ...kinds[kind],
    "@colyseus/tools": colyseus,
    "@colyseus/sdk": colyseus,
    express: "^5.0.0",
    tsx: "^4.21.0",
  };
  const files = join(root, "test/fixtures/template-app");
  const game = await gameProject({ manager: "npm 11", managers, registry: registry.url, dependencies, files });
  const before = join(root, "test/fixtures/noughts/before");
  for (const name of await readdir(before)) {
    if (name !== "index.ts") await writeSource(game, name, await readFile(join(before, name), "utf8"));
  }
  // Stays as it is: a client that knows nothing of tokens.
  await cp(join(before, "client.ts"), join(game.folder, "src/guest-client.ts"));
  if (kind === "0.17") await cp(join(root, "test/fixtures/template-app-017"), game.folder, { recursive: true });
  await writeFile(join(game.folder, ".gitignore"), "node_modules\n");
  return game;
}

const writeSource = ({ folder }: GameProject, name: string, code: string): Promise<void> =>
  writeFile(join(folder, "src", name), code.replaceAll(/(from "\.\/.*)\.ts"/g, '$1.js"'));

/** Changes a source as a printed diff says, whose old lines have to be there once. */
async function applyDiff(game: GameProject, diff: string): Promise<void> {
  const [, name] = /^ \/\/ ([^\s,]+)/.exec(diff)!;
  const path = join(game.folder, "src", name!);
  let code = (await readFile(path, "utf8")).replaceAll(/(from "\.\/.*)\.js"/g, '$1.ts"');
  for (const hunk of diff.slice(diff.indexOf("\n") + 1).split("@@\n")) {
    const lines = (sign: string): string =>
      [...hunk.matchAll(/^([ +-])(.*)\n/gm)]
        .filter(([, is]) => is !== sign)
        .map(([, , line]) => `${line}\n`)
        .join("");
    const [old, young] = [lines("+"), lines("-")];
    expect({ old, times: code.split(old).length - 1 }).toEqual({ old, times: 1 });
    code = code.replace(old, () => young);
  }
  await writeSource(game, name!, code);
}

async function applyPage(game: GameProject, kind: Kind): Promise<void> {
  for (const line of [kind === "0.18" ? install : installOlder, installEmulator]) {
    const [, words] = /^npm install (.*)$/.exec(line!)!;
    await game.add(words!.split(" "));
  }
  const [ignored] = blocks("gitignore");
  await appendFile(join(game.folder, ".gitignore"), ignored!);
  await writeSource(game, "questline.ts", codeBlocks(page).get("questline.ts")!);
  const forOther = kind === "0.18" ? /^ \/\/ .*, Colyseus 0\.17\n/ : /^ \/\/ noughts-room\.ts\n/;
  for (const diff of blocks("diff").filter((block) => !forOther.test(block)))
    await applyDiff(
      game,
      kind === "0.18" ? diff : diff.replaceAll('"@questline/colyseus"', '"@questline/colyseus/attach"'),
    );
}

/** What the page says only some games need: guests, and a client in a browser. */
async function applyExtras(game: GameProject): Promise<void> {
  const room = await readFile(join(game.folder, "src/noughts-room.ts"), "utf8");
  expect(room).toContain("static onAuth = questlineAuth(questline);\n");
  await writeSource(game, "noughts-room.ts", room.replace("static onAuth = questlineAuth(questline);\n", guests!));
  const config = await readFile(join(game.folder, "src/app.config.ts"), "utf8");
  await writeSource(game, "app.config.ts", `import { matchMaker } from "colyseus";\n${config}\n${browsers}`);
}

const expectCompiles = async ({ folder }: GameProject, ...options: readonly string[]): Promise<void> => {
  await runProgram([join(folder, "node_modules/typescript/bin/tsc"), "--noEmit", ...options], { cwd: folder });
};

/** The emulator and the game as the page starts them, but at ports that are free, and without the template's watcher. */
async function startAsPrinted({ folder }: GameProject): Promise<Started> {
  const [emulatorPort, gamePort] = [String(await freePort()), String(await freePort())];
  const here = (line: string): string => line.replace("8470", emulatorPort);
  const [, program, ...flags] = here(startEmulator!).split(" ");
  const [, variables, command] = /^((?:\w+=\S+ )+)(.*)$/.exec(here(startGame!))!;
  expect({ program, command }).toEqual({ program: "questline-emulator", command: "npm start" });
  const env = Object.fromEntries(
    variables!
      .trim()
      .split(" ")
      .map((each) => each.split("=", 2)),
  );

  await using stack = new AsyncDisposableStack();
  const emulator = stack.use(startProgram([join(folder, "node_modules/.bin", program!), ...flags], { cwd: folder }));
  await emulator.line(/http:/);
  const server = stack.use(
    startProgram(["--import", "tsx", "src/index.ts"], { cwd: folder, env: { ...env, PORT: gamePort } }),
  );
  await server.line(/listening/i);
  const [, asked] = /"(.*)"/.exec(here(look!))!;
  const running = stack.move();
  return {
    url: `http://127.0.0.1:${gamePort}`,
    server,
    unlocked: async () => ((await (await fetch(asked!)).json()) as { data: readonly unknown[] }).data,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface Started extends AsyncDisposable {
  readonly url: string;
  readonly server: RunningProgram;
  /** What the page's last line shows of Ada. */
  unlocked(): Promise<readonly unknown[]>;
}

/** What Ada has after two wins. */
const shown = expect.arrayContaining([
  expect.objectContaining({ definition: expect.objectContaining({ api_name: "FIRST_WIN" }), is_unlocked: true }),
  expect.objectContaining({ definition: expect.objectContaining({ api_name: "WINS_100" }), count_progress: 2 }),
]);

type JoinGame = (url: string, token?: string) => Promise<Room>;

/** With the SDK of the project. */
async function clientOf({ folder }: GameProject, file: string): Promise<JoinGame> {
  const client = (await import(pathToFileURL(join(folder, "src", file)).href)) as { joinGame: JoinGame };
  return client.joinGame;
}

async function playAsPrinted(game: GameProject): Promise<void> {
  const joinGame = await clientOf(game, "client.ts");
  const joinAsGuest = await clientOf(game, "guest-client.ts");
  const tokens = [...page.matchAll(/`(FRL-[\w-]+)`/g)].map(([, token]) => token!);
  expect(tokens).toHaveLength(2);
  const [ada, grace] = tokens as [string, string];
  await using started = await startAsPrinted(game);
  const { url, server } = started;

  const asked = await fetch(`${url}/matchmake/joinOrCreate/noughts`, {
    method: "OPTIONS",
    headers: { origin: "https://game.example", "access-control-request-headers": "x-meta-token" },
  });
  expect(asked.headers.get("access-control-allow-headers")).toContain("x-meta-token");

  await playNoughts(await joinGame(url, ada), await joinGame(url, grace));
  const first = await joinGame(url, ada);
  await playNoughts(first, await joinAsGuest(url));
  await expect.poll(started.unlocked, { timeout: 15_000 }).toEqual(shown);

  const unknown = await runProgram(["status", "--porcelain", "-uall"], { cwd: game.folder, node: "git" });
  expect(unknown.stdout).toContain("src/questline.ts");
  expect(unknown.stdout).not.toContain("questline.db");
  server.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0 });
  expect(await readdir(game.folder)).toContain("questline.db");
}

test.each(["0.18", "0.17"] as const)(
  "a new project with Colyseus %s takes the page's steps and is played",
  async (kind) => {
    await using game = await newProject(kind);
    await applyPage(game, kind);
    await expectCompiles(game);
    await applyExtras(game);
    await expectCompiles(game);
    await expectCompiles(game, "--module", "esnext", "--moduleResolution", "node10");
    await runProgram(["init", "-q"], { cwd: game.folder, node: "git" });
    await playAsPrinted(game);
  },
);
