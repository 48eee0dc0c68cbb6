import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { createEmulator, type Emulator } from "@questline/emulator";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { freePort } from "../../../test/free-port.ts";
import { runProgram, startProgram, type RunningProgram } from "../../../test/running-program.ts";

const child = fileURLToPath(new URL("shutdown-child.ts", import.meta.url));
const cwd = fileURLToPath(new URL("..", import.meta.url));
const emulator: Emulator = await createEmulator();
let folder: string;
let users: { readonly id: string; readonly token: string }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-shutdown-"));
  users = ["ada", "grace"].map((name) => {
    const { id } = emulator.world.createUser({ alias: `${name}.${folder.slice(-6)}` });
    return { id, token: emulator.world.mintUserToken("1", id) };
  });
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(async () => {
  vi.restoreAllMocks();
  emulator.faults.clear();
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => emulator.close());

const argsOf = (port: number, story: string): string[] => [
  "--conditions=questline-source",
  child,
  emulator.url,
  join(folder, "game.db"),
  String(port),
  story,
];

/** Two players join a game that plays this story; then one of them says that the match is over. */
async function play(story: string): Promise<RunningProgram> {
  const port = await freePort();
  const game = startProgram(argsOf(port, story), { cwd });
  await game.line(/^listening/);
  const rooms: SdkRoom[] = [];
  for (const { token } of users) {
    const sdk = new SdkClient(`ws://127.0.0.1:${port}`, { headers: { "x-meta-token": token } });
    rooms.push(await sdk.joinOrCreate("match"));
  }
  for (const room of rooms) room.reconnection.enabled = false;
  rooms[0]?.send("end");
  return game;
}

const counted = (): bigint[] => users.map(({ id }) => emulator.oracle.achievement(id, "WINS_100").added);
const won = (): boolean[] => users.map(({ id }) => emulator.world.progress(id, "FIRST_WIN").unlocked);

/** The next life on the same file reports the match again; it says what was new to it, and what it still owes. */
async function liveAgain(): Promise<{ again: string[]; owed: number; dead: number }> {
  const { stdout } = await runProgram(argsOf(0, `again:${users.map(({ id }) => id).join()}`), { cwd });
  const lines = stdout.split("\n");
  const again = lines.filter((line) => line.startsWith("again ")).map((line) => line.slice("again ".length));
  const debts = lines.find((line) => line.startsWith("debts "))?.slice("debts ".length) ?? "{}";
  const { owed, dead } = JSON.parse(debts) as { owed: number; dead: number };
  return { again, owed, dead };
}

test.each(["is told to end at once", "ends as its room is disposed"])(
  "SIGTERM: a server that %s delivers everything before it goes",
  async (story) => {
    await using game = await play(story);
    const { code, stdout } = await game.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/the game's own callback/);
    expect(counted()).toEqual([1n, 1n]);
    expect(await liveAgain()).toEqual({ again: ["duplicate", "duplicate"], owed: 0, dead: 0 });
    expect(counted()).toEqual([1n, 1n]);
    expect(won()).toEqual([true, true]);
  },
);

test("SIGTERM while the platform is down: the server ends within its deadline, the next one delivers", async () => {
  emulator.faults.add({ operation: "achievements.write", kind: "status", status: 503, times: "always" });
  await using game = await play("is told to end at once");
  const { code, stderr, stdout } = await game.ended;
  expect({ code, told: /results go on at the next start/.test(stderr + stdout) }).toEqual({ code: 0, told: true });
  expect(counted()).toEqual([0n, 0n]);
  emulator.faults.clear();
  expect(await liveAgain()).toEqual({ again: ["duplicate", "duplicate"], owed: 0, dead: 0 });
  expect(counted()).toEqual([1n, 1n]);
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "SIGTERM with a room whose onDispose never ends, then %s: results were delivered all the same",
  async (second) => {
    await using game = await play("has a room that is never disposed");
    await vi.waitFor(() => expect(counted()).toEqual([1n, 1n]), { interval: 20, timeout: 10_000 });
    await vi.waitFor(() => expect(won()).toEqual([true, true]), { interval: 20, timeout: 10_000 });
    game.kill(second);
    expect((await game.ended).signal).toBe(second);
    expect(await liveAgain()).toEqual({ again: ["duplicate", "duplicate"], owed: 0, dead: 0 });
    expect(counted()).toEqual([1n, 1n]);
  },
);

test("SIGTERM with an onBeforeShutdown that throws: rooms are skipped, but Questline is closed first", async () => {
  await using game = await play("has an onBeforeShutdown that throws");
  const { code, stdout } = await game.ended;
  expect({ code, after: /the game's own callback/.test(stdout) }).toEqual({ code: 0, after: false });
  expect(counted()).toEqual([1n, 1n]);
  expect(await liveAgain()).toEqual({ again: ["duplicate", "duplicate"], owed: 0, dead: 0 });
});

test("SIGKILL when all is durable: nothing is lost, and the match may be reported again", async () => {
  await using game = await play("is killed when all is durable");
  const { signal, stdout } = await game.ended;
  expect(signal).toBe("SIGKILL");
  expect(stdout).toMatch(/durable accepted,accepted/);
  expect(await liveAgain()).toEqual({ again: ["duplicate", "duplicate"], owed: 0, dead: 0 });
  expect(counted()).toEqual([1n, 1n]);
  expect(won()).toEqual([true, true]);
});

test("SIGKILL in the turn of the match end: reporting it again counts it once", async () => {
  await using game = await play("is killed at once");
  expect((await game.ended).signal).toBe("SIGKILL");
  expect(await liveAgain()).toMatchObject({ owed: 0, dead: 0 });
  expect(counted()).toEqual([1n, 1n]);
  expect(won()).toEqual([true, true]);
});
