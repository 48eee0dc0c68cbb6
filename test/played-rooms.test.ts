import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloseCode, Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { createEmulator, type Emulator } from "@questline/emulator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "./free-port.ts";
import { startProgram, type RunningProgram } from "./running-program.ts";

const fixtures = fileURLToPath(new URL("fixtures/rooms", import.meta.url));
const server = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  const achievements = [
    { api_name: "FIRST_WIN", achievement_type: "SIMPLE", ...server } as const,
    { api_name: "MATCHES", achievement_type: "COUNT", target: 1_000, ...server } as const,
  ];
  emulator = await createEmulator({ seed: { apps: [{ id: "1", secret: "test-secret", achievements }], users: [] } });
  folder = await mkdtemp(join(tmpdir(), "questline-rooms-"));
  for (const level of ["warn", "log"] as const) vi.spyOn(console, level).mockImplementation(() => {});
});
afterAll(async () => {
  vi.restoreAllMocks();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

/** All that are taken. */
const seats: SdkRoom[] = [];

/** A server with the rooms of this folder, over a file of its own. */
class Game implements AsyncDisposable {
  readonly program: RunningProgram;
  readonly port: number;

  private constructor(program: RunningProgram, port: number) {
    this.program = program;
    this.port = port;
  }

  static async start(entry: string, file: string): Promise<Game> {
    const port = await freePort();
    const args = ["--conditions=questline-source", "--no-warnings", join(fixtures, entry), String(port)];
    const env = { META_GRAPH_URL: emulator.url, QUESTLINE_FILE: join(folder, file), NODE_ENV: "production" };
    const program = startProgram(args, { cwd: fixtures, env });
    await program.line(/^listening/);
    return new Game(program, port);
  }

  /** The clients take it for the end. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    for (const { reconnection } of seats.splice(0)) reconnection.enabled = false;
    this.program.kill(signal);
    await this.program.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }
}

/** Somebody with a headset, who may sit at several tables. */
class Player {
  readonly id: string;
  readonly #token: string;

  constructor(alias: string) {
    this.id = emulator.world.createUser({ alias }).id;
    this.#token = emulator.world.mintUserToken("1", this.id);
  }

  get played(): number {
    return Number(emulator.oracle.achievement(this.id, "MATCHES")?.added ?? 0n);
  }

  get hasWon(): boolean {
    return emulator.world.progress(this.id, "FIRST_WIN").unlocked;
  }

  join({ port }: Game, room: string, options: object = {}): Promise<SdkRoom> {
    return sit(new SdkClient(`ws://127.0.0.1:${port}`, { headers: { "x-meta-token": this.#token } }), room, options);
  }
}

/** `room` is a name, or the id of one that is there. */
async function sit(sdk: SdkClient, room: string, options: object): Promise<SdkRoom> {
  const [name = "", roomId] = room.split(" ");
  const seat = roomId === undefined ? await sdk.create(name, options) : await sdk.joinById(roomId, options);
  seat.reconnection.minUptime = 0;
  seat.onMessage("*", () => {});
  seats.push(seat);
  return seat;
}

/** Resolves when the room has these connections, and whatever was sent before has been read. */
async function settled(seat: SdkRoom, ...there: readonly SdkRoom[]): Promise<void> {
  const sessions = [seat, ...there].map(({ sessionId }) => sessionId).toSorted();
  const who = async (): Promise<readonly string[]> =>
    new Promise((resolve) => {
      const off = seat.onMessage("who", (now: readonly string[]) => (off(), resolve(now.toSorted())));
      seat.send("who");
    });
  await vi.waitFor(async () => expect(await who()).toEqual(sessions), { timeout: 10_000, interval: 20 });
  // A patch shows the state of now.
  await new Promise((resolve) => setTimeout(resolve, 120));
}

/** The line is cut, and the SDK comes back by itself. */
async function dropAndReturn(seat: SdkRoom): Promise<void> {
  const back = new Promise<void>((resolve) => seat.onReconnect(() => resolve()));
  seat.connection.close(CloseCode.MAY_TRY_RECONNECT);
  await back;
}

/** The line is cut, and nobody comes back. */
function dropForGood(seat: SdkRoom): void {
  seat.reconnection.enabled = false;
  seat.connection.close(CloseCode.MAY_TRY_RECONNECT);
}

const counts = (players: Readonly<Record<string, Player>>): Record<string, readonly [played: number, won: boolean]> =>
  Object.fromEntries(Object.entries(players).map(([name, { played, hasWon }]) => [name, [played, hasWon]]));

async function come(players: Readonly<Record<string, Player>>, to: ReturnType<typeof counts>): Promise<void> {
  await vi.waitFor(() => expect(counts(players)).toEqual(to), { timeout: 20_000, interval: 25 });
}

interface Table {
  readonly room: string;
  readonly entry?: string;
  /** Nothing in the room tells where a match begins. */
  readonly beginsUnseen?: true;
  /** Whoever drops out has left. */
  readonly noReturn?: true;
  /** Who leaves wins with their team. */
  readonly teams?: true;
}

const tables: readonly Table[] = [
  { room: "state" },
  { room: "index" },
  { room: "news", beginsUnseen: true },
  { room: "team", teams: true },
  { room: "bot" },
  { room: "lobby" },
  { room: "ownAuth" },
  { room: "last", noReturn: true },
  { room: "commonJs", entry: "server.cjs", beginsUnseen: true },
];

test.each(tables)(
  "$room: two matches, with a drop and a return, a late join, a second seat, a leaver and a guest",
  async ({ room, entry = "server.ts", beginsUnseen, noReturn, teams }) => {
    await using game = await Game.start(entry, `${room}.db`);
    const names = ["ada", "bob", "carol", "eve"] as const;
    const players = Object.fromEntries(names.map((name) => [name, new Player(`${room}.${name}`)]));
    const { ada, bob, carol, eve } = players as Record<(typeof names)[number], Player>;

    const a = await ada.join(game, room, { team: "red" });
    const here = `${room} ${a.roomId}`;
    const b = await bob.join(game, here, { team: "blue" });
    const others = [b, await sit(new SdkClient(`ws://127.0.0.1:${game.port}`), here, {})];
    if (!beginsUnseen) await (await eve.join(game, here)).leave();
    await settled(a, ...others);

    a.send("start");
    await settled(a, ...others);
    const c = await carol.join(game, here, { team: "blue" });
    others.push(await bob.join(game, here, { team: "blue" }));
    await settled(a, ...others, c);
    if (!noReturn) await dropAndReturn(a);
    await settled(a, ...others, c);
    if (noReturn) dropForGood(c);
    else await c.leave();
    await settled(a, ...others);
    others.at(-1)?.send("win");
    const first = { ada: [1, false], bob: [1, true], carol: [1, teams === true], eve: [0, false] } as const;
    await come(players, first);

    if (!beginsUnseen) {
      const e = await eve.join(game, here);
      await settled(a, ...others, e);
      await e.leave();
      await settled(a, ...others);
    }
    a.send("start");
    await settled(a, ...others);
    a.send("win");
    const second = { ...first, ada: [2, true], bob: [2, true] } as const;
    await come(players, second);
    if (room === "bot") {
      a.send("start");
      await settled(a, ...others);
      b.send("botWins");
      await come(players, { ...second, ada: [3, true], bob: [3, true] });
    }
    await game.end("SIGTERM");
    expect(counts(players)).toEqual(room === "bot" ? { ...second, ada: [3, true], bob: [3, true] } : second);
  },
);

test("endless: each visit counts once, when it is over for good", async () => {
  await using game = await Game.start("server.ts", "visits.db");
  const players = { ada: new Player("endless.ada"), bob: new Player("endless.bob") };
  const a = await players.ada.join(game, "endless");
  const here = `endless ${a.roomId}`;
  const b = await players.bob.join(game, here);
  const guest = await sit(new SdkClient(`ws://127.0.0.1:${game.port}`), here, {});
  await settled(a, b, guest);
  guest.send("win");
  await guest.leave();
  await settled(a, b);
  b.send("win");
  await dropAndReturn(b);
  await settled(a, b);
  expect(counts(players)).toEqual({ ada: [0, false], bob: [0, false] });
  const second = await players.bob.join(game, here);
  await settled(a, b, second);
  await second.leave();
  await settled(a, b);
  expect(counts(players)).toEqual({ ada: [0, false], bob: [0, false] });
  await b.leave();
  await come(players, { ada: [0, false], bob: [1, true] });
  const again = await players.bob.join(game, here);
  await settled(a, again);
  await again.leave();
  await come(players, { ada: [0, false], bob: [2, true] });
  await game.end("SIGTERM");
  await come(players, { ada: [1, false], bob: [2, true] });
});

test.each(["server.ts", "server.cjs"])(
  "%s: a planned restart and a kill in the middle of every match make nobody a winner, and the match after counts once",
  async (entry) => {
    const rooms = [...tables.filter((table) => (table.entry ?? "server.ts") === entry).map(({ room }) => room)];
    if (entry === "server.ts") rooms.push("endless");
    const pairs = rooms.map((room) => ({ room, one: new Player(`${room}.one`), two: new Player(`${room}.two`) }));
    const players = Object.fromEntries(
      pairs.flatMap(({ room, one, two }) => [
        [`${room} one`, one],
        [`${room} two`, two],
      ]),
    );
    const inPlay = async (game: Game): Promise<readonly SdkRoom[]> =>
      Promise.all(
        pairs.map(async ({ room, one, two }) => {
          const seat = await one.join(game, room, { team: "red" });
          const other = await two.join(game, `${room} ${seat.roomId}`, { team: "blue" });
          seat.send("start");
          await settled(seat, other);
          return seat;
        }),
      );
    const all = (one: readonly [number, boolean], endless: typeof one, two = one, endlessTwo = endless) =>
      Object.fromEntries(
        rooms.flatMap((room) => [
          [`${room} one`, room === "endless" ? endless : one],
          [`${room} two`, room === "endless" ? endlessTwo : two],
        ]),
      );

    const file = `restarts-${entry}.db`;
    const first = await Game.start(entry, file);
    await inPlay(first);
    await first.end("SIGTERM");
    const second = await Game.start(entry, file);
    // A visit to the world without an end is over as the server throws everybody out.
    await come(players, all([0, false], [1, false]));
    await inPlay(second);
    // What the first life owed has been delivered by now.
    expect(counts(players)).toEqual(all([0, false], [1, false]));
    await second.end("SIGKILL");
    await using third = await Game.start(entry, file);
    for (const seat of await inPlay(third)) {
      seat.send("win");
      if (seat.name === "endless") await seat.leave();
    }
    await come(players, all([1, true], [2, true], [1, false], [1, false]));
    await third.end("SIGTERM");
    const last = all([1, true], [2, true], [1, false], [2, false]);
    await come(players, last);
    expect(counts(players)).toEqual(last);
  },
);

test("none of the rooms needs more than fifteen lines of Questline", async () => {
  const files = (await readdir(fixtures)).filter((file) => /-room\.c?[jt]s$/.test(file));
  expect(files).toHaveLength(10);
  for (const file of files) {
    const text = await readFile(join(fixtures, file), "utf8");
    const options = /questlinePlugin\(questline[\s\S]*?\]\);/.exec(text)?.[0].split("\n").length ?? 0;
    const others =
      text.split("\n").filter((line) => /questline|definePlugins/i.test(line) && !line.startsWith("//")).length - 1;
    expect(options, file).toBeGreaterThan(0);
    expect(options + others, file).toBeLessThanOrEqual(15);
  }
});
