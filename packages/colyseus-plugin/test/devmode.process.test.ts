import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { createEmulator, type Emulator } from "@questline/emulator";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { freePort } from "../../../test/free-port.ts";
import { redisFor, startRedis, type RedisServer } from "../../../test/redis-server.ts";
import { startProgram, type RunningProgram } from "../../../test/running-program.ts";

const child = fileURLToPath(new URL("devmode-child.ts", import.meta.url));
let emulator: Emulator;
let server: RedisServer | string;
let folder: string;
let game: Game | undefined;

beforeAll(async () => {
  emulator = await createEmulator();
  server = await startRedis();
}, 240_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-devmode-"));
  for (const level of ["warn", "info"] as const) vi.spyOn(console, level).mockImplementation(() => {});
});
afterEach(async () => {
  await game?.program[Symbol.asyncDispose]();
  game = undefined;
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});
afterAll(async () => {
  if (typeof server !== "string") await server[Symbol.asyncDispose]();
  await emulator.close();
});

interface Game {
  readonly port: number;
  readonly redisPort: number;
  program: RunningProgram;
}

function launch(port: number, redisPort: number): RunningProgram {
  const args = [emulator.url, join(folder, "game.db"), String(port), String(redisPort)];
  const env = { NODE_ENV: "development" };
  return startProgram(["--conditions=questline-source", child, ...args], { cwd: folder, env });
}

async function start(redisPort = 0): Promise<Game> {
  const port = await freePort();
  game = { port, redisPort, program: launch(port, redisPort) };
  await game.program.line(/^listening/);
  return game;
}

/** As a tool that watches the sources does it: the process is told to end, and another one starts. */
async function restart(running: Game): Promise<void> {
  running.program.kill("SIGTERM");
  const { code, stderr } = await running.program.ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  running.program = launch(running.port, running.redisPort);
  await running.program.line(/^listening/);
}

async function until(holds: () => boolean): Promise<void> {
  const look = (): void => {
    if (!holds()) throw new Error(`It does not hold: ${holds}`);
  };
  await vi.waitFor(look, { interval: 20, timeout: 15_000 });
}

class Visitor {
  readonly id: string;
  readonly token: string;
  room!: SdkRoom;
  /** Connections after the first. */
  returns = 0;

  constructor(alias: string) {
    this.id = emulator.world.createUser({ alias: `${alias}.${folder.slice(-6)}` }).id;
    this.token = emulator.world.mintUserToken("1", this.id);
  }

  async join(name: string, options: object = {}, headers: Record<string, string> = { "x-meta-token": this.token }) {
    this.room = await new SdkClient(`ws://127.0.0.1:${game?.port}`, { headers }).joinOrCreate(name, options);
    this.listen();
    return this;
  }

  listen(): void {
    this.room.reconnection.minUptime = 0;
    this.room.onReconnect(() => this.returns++);
    this.room.onMessage("questline:token", () => this.room.send("questline:token", { token: this.token }));
    for (const type of ["unlocked", "recorded", "delayed"]) this.room.onMessage(`questline:${type}`, () => {});
    for (const type of ["who", "killed", "ended", "set"]) this.room.onMessage(type, () => {});
  }

  /** Sends, and gives the next answer. */
  async ask<T = unknown>(type: string, answer: string, payload?: unknown): Promise<T> {
    const answered = new Promise<T>((resolve) => {
      const off = this.room.onMessage(answer, (message: T) => (off(), resolve(message)));
    });
    this.room.send(type, payload);
    return answered;
  }

  who = (): Promise<Who> => this.ask<Who>("who", "who");
  kill = (id: string): Promise<unknown> => this.ask("kill", "killed", { id });
  end = (): Promise<unknown> => this.ask("end", "ended");
  back = (times = 1): Promise<void> => until(() => this.returns === times);

  get matches(): bigint {
    return emulator.oracle.achievement(this.id, "WINS_100").added;
  }

  get score(): bigint | undefined {
    return emulator.world.entry("HIGH_SCORE", this.id)?.score;
  }

  counted = (matches: bigint): Promise<void> => until(() => this.matches === matches);
}

interface Who {
  readonly auth: unknown;
  readonly matchId: string;
  readonly players: number;
}

async function cacheOf({ redisPort }: Game): Promise<string> {
  if (redisPort === 0) return readFile(join(folder, ".devmode.json"), "utf8");
  const client = new Redis(redisPort);
  const rooms = JSON.stringify(await client.hgetall("roomhistory"));
  client.disconnect();
  return rooms;
}

test.for(["a file", "Redis"])(
  "cached in %s: a match goes on over the restart, for everyone of its round",
  async (place, context) => {
    const running = await start(place === "Redis" ? redisFor(context, server).port : 0);
    const [ada, grace, linus] = [new Visitor("ada"), new Visitor("grace"), new Visitor("linus")];
    for (const visitor of [ada, grace, linus]) await visitor.join("static");
    const before = await ada.who();
    expect(before.auth).toMatchObject({ id: ada.id, level: 3 });
    expect(await ada.kill("k-1")).toEqual({ id: "k-1", status: "accepted" });
    expect(await ada.kill("k-2")).toEqual({ id: "k-2", status: "accepted" });
    expect(await grace.kill("k-1")).toEqual({ id: "k-1", status: "accepted" });
    await grace.room.leave();
    linus.room.reconnection.enabled = false;

    await restart(running);
    await ada.back();
    expect(await ada.who()).toEqual({ ...before, auth: { id: ada.id } });
    expect(await ada.kill("k-2")).toEqual({ id: "k-2", status: "duplicate" });
    expect(await ada.kill("k-3")).toEqual({ id: "k-3", status: "accepted" });
    const accepted = "accepted";
    expect(await ada.end()).toEqual({ [ada.id]: accepted, [grace.id]: accepted, [linus.id]: accepted });
    await Promise.all([ada, grace, linus].map((visitor) => visitor.counted(1n)));
    expect([ada.score, grace.score, linus.score]).toEqual([3n, 1n, 0n]);
    expect(emulator.world.progress(ada.id, "EVERY_MAP").bits).toBe("0001000");
    // Written by the player: the process that had the token is gone, so the player who is back was asked for another one.
    await until(() => emulator.world.entry("BEST_TIME", ada.id)?.score === 2n);

    // The next match is another one, without those who did not come back.
    expect(await ada.end()).toEqual({ [ada.id]: accepted });
    await ada.counted(2n);
    const cache = await cacheOf(running);
    expect(cache).toContain(before.matchId);
    for (const secret of [ada.token, grace.token, linus.token, "test-secret"]) expect(cache).not.toContain(secret);
  },
);

test("a match that the room ends as it is disposed, and again after the restart, counts once", async () => {
  const running = await start();
  const ada = await new Visitor("ada").join("static", { endsOnDispose: true });
  await ada.kill("k-1");
  await restart(running);
  await ada.back();
  expect(await ada.end()).toEqual({ [ada.id]: "duplicate" });
  expect(await ada.end()).toEqual({ [ada.id]: "accepted" });
  await ada.counted(2n);
  expect(ada.score).toBe(1n);
});

test("a match that the room's state ended before the restart does not end again, the next one does", async () => {
  const running = await start();
  const ada = await new Visitor("ada").join("watched");
  await ada.ask("phase", "set", "over");
  await ada.counted(1n);
  await restart(running);
  await ada.back();
  await ada.ask("phase", "set", "playing");
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(ada.matches).toBe(1n);
  await ada.ask("phase", "set", "over");
  await ada.counted(2n);
});

test("somebody who takes a player's seat by its session id alone is nobody; the player's match still counts", async () => {
  const running = await start();
  const [ada, eve] = [new Visitor("ada"), new Visitor("eve")];
  await ada.join("static");
  ada.room.reconnection.enabled = false;
  const { sessionId, roomId, name } = ada.room;
  await restart(running);
  const seat = { name, sessionId, roomId, processId: "any" };
  eve.room = await new SdkClient(`ws://127.0.0.1:${running.port}`).consumeSeatReservation(seat as never);
  eve.listen();
  expect(await eve.who()).toMatchObject({ auth: {} });
  expect(await eve.kill("k-1")).toEqual({ id: "k-1", status: "refused" });
  expect(await eve.end()).toEqual({ [ada.id]: "accepted" });
  await ada.counted(1n);
  expect(ada.score).toBe(0n);
});

test("a game with ids of its own finds Meta's where it was", async () => {
  const running = await start();
  const ada = await new Visitor("ada").join("account");
  await restart(running);
  await ada.back();
  expect((await ada.who()).auth).toEqual({ questline: { id: ada.id } });
  expect(await ada.end()).toEqual({ [ada.id]: "accepted" });
});

test("where the plugin requires players, those of before are let in again, without a credential", async () => {
  const running = await start();
  const ada = new Visitor("ada");
  await ada.join("required", { metaToken: ada.token }, {});
  await restart(running);
  await ada.back();
  expect((await ada.who()).auth).toEqual({ id: ada.id });
  expect(await ada.end()).toEqual({ [ada.id]: "accepted" });
});

test("a guest is a guest again, who may still claim what it does from then on", async () => {
  const running = await start();
  const ada = await new Visitor("ada").join("guests", {}, {});
  await ada.kill("k-1");
  await restart(running);
  await ada.back();
  expect(await ada.who()).toMatchObject({ players: 0, guestReports: { kept: 0 } });
  expect(await ada.end()).toEqual({});
  ada.room.send("questline:token", { token: ada.token });
  await ada.counted(1n);
  expect(ada.score).toBe(0n);
  expect((await ada.who()).auth).toMatchObject({ id: ada.id });
});

test("two restarts in one match", async () => {
  const running = await start();
  const ada = await new Visitor("ada").join("static");
  const { matchId } = await ada.who();
  await ada.kill("k-1");
  await restart(running);
  await ada.back();
  await ada.kill("k-2");
  await restart(running);
  await ada.back(2);
  expect(await ada.who()).toMatchObject({ matchId, players: 1, auth: { id: ada.id } });
  expect(await ada.end()).toEqual({ [ada.id]: "accepted" });
  await ada.counted(1n);
  expect(ada.score).toBe(2n);
});
