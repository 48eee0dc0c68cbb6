import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { createEmulator, type Emulator, type Seed } from "@questline/emulator";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freePort } from "./free-port.ts";
import { startProgram, type RunningProgram } from "./running-program.ts";
import { USER, winningSeed } from "./winning-seed.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const server = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;
const counting = { achievement_type: "COUNT", target: 100, ...server } as const;
const seed: Seed = winningSeed({
  achievements: [
    { api_name: "FIRST_WIN", achievement_type: "SIMPLE", ...server },
    { api_name: "KILLS", ...counting },
    { api_name: "MATCHES", ...counting },
  ],
});

let folder: string;
let emulator: Emulator;
let game: RunningProgram;
let port: number;

/** A game of its own, on the disk and under Vite's dev server. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-vite-"));
  await cp(here("fixtures/vite-dev"), folder, { recursive: true });
  await symlink(here("node_modules"), join(folder, "node_modules"));
  emulator = await createEmulator({ seed });
  port = await freePort();
  const vite = here("node_modules/vite/bin/vite.js");
  const args = ["--conditions=questline-source", vite, "--host", "127.0.0.1", "--port", String(port), "--strictPort"];
  game = startProgram(args, { cwd: folder, env: { META_GRAPH_URL: emulator.url, NODE_ENV: "development" } });
  await game.line(/Server ready/);
  for (const level of ["warn", "info", "log"] as const) vi.spyOn(console, level).mockImplementation(() => {});
});
afterEach(async () => {
  game.kill("SIGKILL");
  await game.ended;
  await game[Symbol.asyncDispose]();
  vi.restoreAllMocks();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  const look = (): void => {
    if (!holds()) throw new Error(`It does not hold: ${holds}`);
  };
  await vi.waitFor(look, { interval: 20, timeout: 8_000 });
}

interface Who {
  readonly version: number;
  readonly auth: { readonly id: string };
  readonly matchId: string;
  readonly players: number;
}

/** A client that stays where it is while the server is edited. */
class Player {
  readonly room: SdkRoom;
  readonly notices: { readonly type: string; readonly payload: unknown }[] = [];
  returns = 0;

  constructor(room: SdkRoom) {
    this.room = room;
    room.reconnection.minUptime = 0;
    room.onReconnect(() => this.returns++);
    for (const type of ["unlocked", "recorded", "progress", "delayed"]) {
      room.onMessage(`questline:${type}`, (payload: unknown) => void this.notices.push({ type, payload }));
    }
    for (const type of ["who", "questline:token"]) room.onMessage(type, () => {});
  }

  static async join(): Promise<Player> {
    const headers = { "x-meta-token": emulator.world.mintUserToken("1", USER) };
    return new Player(await new SdkClient(`ws://127.0.0.1:${port}`, { headers }).joinOrCreate("arena"));
  }

  async who(): Promise<Who> {
    const answered = new Promise<Who>((resolve) => {
      const off = this.room.onMessage("who", (message: Who) => (off(), resolve(message)));
    });
    this.room.send("who");
    return answered;
  }

  toldOf(type: string): readonly unknown[] {
    return this.notices.filter((notice) => notice.type === type).map(({ payload }) => payload);
  }
}

/** Saves a change of a file, and waits until its player is back. */
async function edit(player: Player, file: string, from: string, to: string): Promise<void> {
  const path = join(folder, "server", file);
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  const returns = player.returns + 1;
  // In one step: two changes at once make Colyseus reload twice, and the second finds nobody there yet.
  await writeFile(`${path}.next`, text.replace(from, to));
  await rename(`${path}.next`, path);
  await until(() => player.returns === returns);
}

const added = (achievement: string): bigint => emulator.oracle.achievement(USER, achievement)?.added ?? 0n;

test("a match goes on over edits of the room and of the rules, and counts once", async () => {
  const player = await Player.join();
  const before = await player.who();
  player.room.send("kill", { id: "k-1" });
  await until(() => added("KILLS") === 1n);

  for (const version of [2, 3, 4]) {
    await edit(player, "arena-room.ts", `VERSION = ${version - 1}`, `VERSION = ${version}`);
    expect(await player.who()).toEqual({ ...before, version, auth: { id: USER } });
    player.room.send("kill", { id: "k-1" });
    player.room.send("kill", { id: `k-${version}` });
    await until(() => added("KILLS") === BigInt(version));
  }
  await edit(player, "questline.ts", "PER_KILL = 1", "PER_KILL = 10");
  player.room.send("kill", { id: "k-5" });
  await until(() => added("KILLS") === 14n);

  player.room.send("end");
  await until(() => added("MATCHES") === 1n && player.toldOf("unlocked").length > 0);
  await until(() => player.toldOf("progress").length >= 6);
  expect((await player.who()).matchId).not.toBe(before.matchId);
  // What is told twice comes with the first.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(player.toldOf("unlocked")).toMatchObject([{ achievement: "FIRST_WIN" }]);
  expect(player.toldOf("progress")).toMatchObject([
    ...[1, 2, 3, 4, 14].map((n) => ({ achievement: "KILLS", count: `${n}` })),
    { achievement: "MATCHES", count: "1" },
  ]);

  await player.room.leave();
  game.kill("SIGTERM");
  const { stdout, stderr } = await game.ended;
  expect(`${stdout}${stderr}`).not.toMatch(/locked|held by|another process|Failed|couldn't/i);
  expect({ kills: added("KILLS"), matches: added("MATCHES") }).toEqual({ kills: 14n, matches: 1n });
});
