import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createQuestline, oncePerMatch, silentLogger, simple, sqliteStore } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import type { Emulator } from "@questline/emulator";
import { afterEach, beforeEach, expect, test } from "vitest";

const program = fileURLToPath(new URL("./programs/waiting-game.ts", import.meta.url));
const USER = "80000000000000001";

let folder: string;
let emulator: Emulator;
const running: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-held-"));
  emulator = await createEmulator();
  emulator.world.createUser({ alias: "amber", ids: { "1": USER } });
});
afterEach(async () => {
  for (const server of running.splice(0)) server.kill();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

interface Server {
  readonly pid: number;
  /** What it said so far. */
  readonly lines: readonly string[];
  readonly exited: Promise<unknown[]>;
  /** The first line that begins with `start`. */
  line(start: string): Promise<string>;
  tell(what: string): void;
  kill(): void;
}

/** A game server over `path`, in a process of its own. */
function server(where: "thread" | "here", path = join(folder, "questline.db")): Server {
  const child = spawn(process.execPath, ["--conditions=questline-source", program, path, emulator.url, where, USER], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: string[] = [];
  let heard = (): void => {};
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    heard();
  });
  const exited = once(child, "exit");
  const made = {
    pid: child.pid ?? 0,
    lines,
    exited,
    async line(start: string) {
      for (;;) {
        const found = lines.find((line) => line.startsWith(start));
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (heard = resolve));
      }
    },
    tell: (what: string) => void child.stdin.write(`${what}\n`),
    kill: () => void child.kill("SIGKILL"),
  };
  running.push(made);
  return made;
}

const healthOf = async (asked: Server): Promise<Record<string, unknown>> => {
  asked.tell("health");
  return JSON.parse((await asked.line("health ")).slice("health ".length)) as Record<string, unknown>;
};

test.each(["thread", "here"] as const)(
  "a rolling restart: new processes wait for the old one's file, and go on one after the other (%s)",
  async (where) => {
    const old = server(where);
    await old.line("durable");
    const fresh = [server(where), server(where)] as const;
    for (const one of fresh) {
      const line = await one.line("warn The lane store");
      expect(line).toContain(`the last to open it was process ${old.pid} on`);
      expect(await healthOf(one)).toMatchObject({ status: "waiting", holder: expect.stringContaining(`${old.pid}`) });
    }
    expect(fresh.flatMap(({ lines }) => lines.filter((line) => /^(durable|ready|error)/.test(line)))).toEqual([]);

    old.tell("close");
    await old.exited;
    const next = await Promise.race(fresh.map((one) => one.line("durable").then(() => one)));
    const last = fresh.find((one) => one !== next) as Server;
    expect(next.lines.filter((line) => line.startsWith("info The store is open"))).toHaveLength(1);
    expect(next.lines).toContain(`durable {"status":"accepted"}`);
    await last.line(
      `warn The lane store "${join(folder, "questline.db")}" is held by another process or another store of this one (the last to open it was process ${next.pid} `,
    );
    next.tell("close");
    await next.exited;
    expect(await last.line("durable")).toBe(`durable {"status":"accepted"}`);
    last.tell("close");
    await last.exited;
    expect(emulator.oracle.achievement(USER, "WINS_100")).toMatchObject({ added: 3n });
  },
);

test.each(["thread", "here"] as const)(
  "a process that is closed while it waits ends at once, and says what became of its reports (%s)",
  async (where) => {
    const old = server(where);
    await old.line("ready");
    const waiting = server(where);
    await waiting.line("warn The lane store");
    waiting.tell("close");
    const refused = JSON.parse((await waiting.line("durable")).slice("durable ".length)) as Record<string, string>;
    expect(refused).toMatchObject({
      status: "refused",
      reason: expect.stringContaining("was closed before its store"),
    });
    expect(await waiting.line("closed")).toContain(`"problem":`);
    expect(await waiting.line("not ready")).toBe("not ready closed");
    expect(await waiting.exited).toEqual([0, null]);
  },
);

test("a directory that is not there yet is waited for", async () => {
  const directory = join(folder, "data");
  const early = server("thread", join(directory, "questline.db"));
  expect(await early.line("error The lane store")).toContain("does not exist; create it");
  expect(await healthOf(early)).toMatchObject({ status: "waiting", problem: expect.stringContaining(directory) });
  await mkdir(directory);
  expect(await early.line("durable")).toBe(`durable {"status":"accepted"}`);
});

test("whoever joins while the file is held is verified, and plays", async () => {
  const path = join(folder, "questline.db");
  const gameOf = (id: string) =>
    createQuestline({
      app: { id, secret: "test-secret" },
      store: sqliteStore(path),
      graph: { baseUrl: emulator.url },
      logger: silentLogger,
      achievements: { FIRST_WIN: simple() },
      events: { matchEnded: oncePerMatch<object>() },
    });
  await using holder = gameOf("2");
  await holder.ready;
  await using waiting = gameOf("1");
  const token = emulator.world.mintUserToken("1", USER);
  expect(await waiting.users.verifyToken(token)).toMatchObject({ id: USER });
  expect(await waiting.users.verifyNonce(USER, emulator.world.mintNonce("1", USER))).toMatchObject({ id: USER });
  expect(["opening", "waiting"]).toContain(waiting.health().status);
});
