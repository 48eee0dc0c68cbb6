import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JWT } from "@colyseus/auth/JWT";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { createEmulator, type Emulator } from "@questline/emulator";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { freePort } from "../../../test/free-port.ts";
import { redisFor, startRedis, type RedisServer } from "../../../test/redis-server.ts";
import { startProgram, type RunningProgram } from "../../../test/running-program.ts";
import { mintJwt } from "../src/colyseus-jwt.ts";
import { duelQuestline, type DuelQuestline } from "./rooms-scene.ts";

const child = fileURLToPath(new URL("leak-child.ts", import.meta.url));
const JWT_SECRET = "jwt-test-secret";
let emulator: Emulator;
let server: RedisServer | string;
let folder: string;
/** Of the same app as the processes'. */
let questline: DuelQuestline;

beforeAll(async () => {
  JWT.settings.secret = JWT_SECRET;
  emulator = await createEmulator();
  questline = duelQuestline(emulator.url);
  server = await startRedis();
}, 240_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-leaks-"));
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});
afterAll(async () => {
  if (typeof server !== "string") await server[Symbol.asyncDispose]();
  await questline.close();
  await emulator.close();
});

interface Process {
  readonly program: RunningProgram;
  readonly port: number;
}

async function start(role: string, redisPort: number): Promise<Process> {
  const port = await freePort();
  const args = ["--conditions=questline-source", child, emulator.url, String(port), String(redisPort), role];
  // Messages are left out: that namespace prints all of them, as the documentation warns.
  const env = { DEBUG: "colyseus:*,-colyseus:message", JWT_SECRET, NODE_ENV: "development" };
  const program = startProgram(args, { cwd: folder, env });
  await program.line(/^listening/);
  return { program, port };
}

const ways = ["header", "option", "nonce", "bearer", "jwt"] as const;

interface Visit {
  readonly way: (typeof ways)[number];
  readonly secrets: readonly string[];
  readonly room: SdkRoom;
}

/** Joins in one of the ways, hands over a fresh token, ends a match with it, and drops out of a seat that is held. */
async function visit(way: Visit["way"], port: number, name = "duel"): Promise<Visit> {
  const alias = `${way}${name === "duel" ? "" : name}.${port}`;
  const { id } = emulator.world.createUser({ alias });
  const [token, fresh] = [`FRL-${alias}-first`, `FRL-${alias}-fresh`];
  for (const minted of [token, fresh]) emulator.world.mintUserToken("1", id, { token: minted });
  const nonce = emulator.world.mintNonce("1", id);
  const jwt = await mintJwt(questline.users, { id }, 60);

  const sdk = new SdkClient(`ws://127.0.0.1:${port}`, way === "header" ? { headers: { "x-meta-token": token } } : {});
  if (way === "bearer") sdk.auth.token = token;
  if (way === "jwt") sdk.auth.token = jwt;
  const options = { option: { metaToken: token }, nonce: { metaUserId: id, metaNonce: nonce } };
  const room = await sdk.joinOrCreate(name, { mode: `canary-${alias}`, ...options[way as "option"] });
  room.reconnection.enabled = false;
  const ended = new Promise((resolve) => room.onMessage("ended", resolve));
  for (const type of ["questline:unlocked", "questline:recorded", "questline:token"]) room.onMessage(type, () => {});
  room.send("questline:token", { token: fresh });
  await vi.waitFor(() =>
    expect(emulator.requests.list({ operation: "users.me", userId: id }).length).toBeGreaterThan(0),
  );
  room.send("end");
  await ended;
  expect(emulator.world.entry("BEST_TIME", id)?.score).toBe(2n);
  const left = new Promise((resolve) => room.onLeave(resolve));
  room.send("drop");
  await left;
  return { way, room, secrets: [token, fresh, nonce, jwt] };
}

/** What the monitor answers about these rooms: the same for anybody who may look at it. */
async function monitored(port: number, rooms: readonly string[]): Promise<string> {
  const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  const calls = [
    "_reservedSeats",
    "plugins",
    "clients",
    "metadata",
    "state",
    "getInspectorView",
    "getInspectData",
    "auth",
  ];
  const answers = [get("/monitor/api"), get("/shown")];
  for (const roomId of rooms) {
    answers.push(get(`/monitor/api/room?roomId=${roomId}`));
    for (const method of calls) answers.push(get(`/monitor/api/room/call?roomId=${roomId}&method=${method}&args=null`));
  }
  return (await Promise.all(answers)).join("\n");
}

async function everyKey(client: Redis): Promise<string> {
  const dumps: unknown[] = [];
  for (const key of await client.keys("*")) {
    const type = await client.type(key);
    dumps.push(key, type === "hash" ? await client.hgetall(key) : type === "set" ? await client.smembers(key) : type);
  }
  return JSON.stringify(dumps);
}

function expectNoSecret(where: Readonly<Record<string, string>>, visits: readonly Visit[]): void {
  const secrets = [...visits.flatMap(({ secrets }) => secrets), "test-secret", JWT_SECRET];
  const found = Object.entries(where).flatMap(([place, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${place}`),
  );
  expect(found).toEqual([]);
}

test("two processes with Redis: no credential in its traffic, its keys, the monitor, the inspector, rooms or logs", async (context) => {
  const redis = redisFor(context, server);
  const client = new Redis(redis.port);
  const commands: string[] = [];
  // A connection that greets Redis while another begins to monitor confuses that one's reading.
  await client.ping();
  const watching = await client.monitor();
  watching.on("monitor", (_time: string, command: string[]) => commands.push(command.join(" ")));
  const rooms = await start("rooms", redis.port);
  const matchmaking = await start("matchmaking", redis.port);
  try {
    const visits = await Promise.all(ways.map((way) => visit(way, matchmaking.port)));
    const traffic = commands.join("\n");
    const shown = await monitored(
      rooms.port,
      visits.map(({ room }) => room.roomId),
    );
    const keys = await everyKey(client);
    rooms.program.kill("SIGTERM");
    matchmaking.program.kill("SIGTERM");
    const ends = await Promise.all([rooms.program.ended, matchmaking.program.ended]);
    const logs = ends.map(({ stdout, stderr }) => stdout + stderr).join("\n");

    // What is no secret does travel and show in each of these places, so a secret there would be found.
    for (const { way, room } of visits) {
      const canary = `canary-${way}.${matchmaking.port}`;
      expect({
        way,
        traffic: traffic.includes(canary),
        shown: shown.includes(canary),
        keys: keys.includes(canary),
      }).toEqual({
        way,
        traffic: true,
        shown: true,
        keys: true,
      });
      expect(shown).toContain(room.sessionId);
      expect(logs).toContain(room.roomId);
    }
    expectNoSecret({ traffic, shown, keys, logs, after: commands.join("\n") }, visits);
  } finally {
    watching.disconnect();
    client.disconnect();
    await Promise.all([rooms, matchmaking].map(({ program }) => program[Symbol.asyncDispose]()));
  }
});

test("devMode: no credential in the cache it writes, neither in Redis nor in its file", async (context) => {
  const redis = redisFor(context, server);
  const client = new Redis(redis.port);
  await client.flushall();
  const shared = await start("devMode", redis.port);
  const local = await start("devMode", 0);
  try {
    const visits = [
      ...(await Promise.all(ways.map((way) => visit(way, shared.port)))),
      ...(await Promise.all(ways.map((way) => visit(way, local.port)))),
      ...(await Promise.all((["option", "nonce"] as const).map((way) => visit(way, shared.port, "checked")))),
      ...(await Promise.all((["option", "nonce"] as const).map((way) => visit(way, local.port, "checked")))),
    ];
    for (const { program } of [shared, local]) program.kill("SIGTERM");
    await Promise.all([shared.program.ended, local.program.ended]);
    const keys = await everyKey(client);
    const file = await readFile(join(folder, ".devmode.json"), "utf8");
    expect(keys).toContain(`canary-option.${shared.port}`);
    expect(file).toContain(`canary-option.${local.port}`);
    expect([keys, file].map((text) => text.includes("canary-noncechecked"))).toEqual([true, true]);
    expectNoSecret({ keys, file }, visits);
  } finally {
    client.disconnect();
    await Promise.all([shared, local].map(({ program }) => program[Symbol.asyncDispose]()));
  }
});
