import { join } from "node:path";
import type { Seed } from "@questline/emulator";
import { EmulatorControl } from "../demo/emulator-control.ts";
import type { Processes, Program } from "../demo/processes.ts";
import { app } from "../demo/seed.ts";
import { now } from "../runtime/timers.ts";
import type { BenchArguments } from "./arguments.ts";
import {
  type ClientOrders,
  type ClientPlan,
  type Intervals,
  type Memory,
  type ServerOrders,
  tokenOf,
  userAt,
} from "./wire.ts";

export interface Measured {
  readonly without: Arm;
  readonly with: Arm;
  /** Heap after a fifth, three fifths and all of the matches, with the plugin. */
  readonly heaps: readonly number[];
  /** Events reported with the plugin. */
  readonly events: number;
  readonly seconds: number;
}

/** One server with its players, over the same matches. */
export interface Arm {
  /** Patch intervals, match by match. */
  readonly turns: readonly Intervals[];
  readonly memory: Memory;
}

export interface BenchParts {
  readonly options: BenchArguments;
  readonly processes: Processes;
  readonly folder: string;
  readonly onStep: (words: string) => void;
}

/** Processes that the clients of a server are spread over: more would only fight for the same cores. */
const CLIENT_PROCESSES = 2;

type Server = Program<ServerOrders, { port: number }>;

/**
 * Two servers of the same game, one without the plugin and one with it, stand beside each other with all their players,
 * and take turns match by match: what the machine does meanwhile falls on both alike.
 */
export async function run(parts: BenchParts): Promise<Measured> {
  const started = now();
  const { options, processes, onStep } = parts;
  const turns = Math.max(2, Math.min(8, Math.round(options.matches / 10)));
  const everyMs = options.matches < 20 ? 500 : 5_000;

  const emulator = processes.start<object, { url: string }>({ name: "emulator", file: "../emulator.ts", aside: true });
  const { url } = await emulator.ready;
  await new EmulatorControl(url).reset(seedFor(options));
  const plain = await open("plain", url, parts);
  const questline = await open("questline", url, parts);

  onStep("a match each to warm up");
  for (const server of [plain, questline]) {
    await play(server, everyMs);
    // What everybody's joining left behind is not what a running game's collections are like.
    await server.ask("memory");
  }
  const measured = { without: [] as Intervals[], with: [] as Intervals[] };
  for (let turn = 1; turn <= turns; turn++) {
    onStep(`match ${turn} of ${turns}: ${everyMs / 1_000} s without the plugin, ${everyMs / 1_000} s with it`);
    measured.without.push(await play(plain, everyMs));
    measured.with.push(await play(questline, everyMs));
  }
  const without = { turns: measured.without, memory: await plain.ask("memory") };
  const played = { turns: measured.with, memory: await questline.ask("memory") };
  await plain.kill();

  const heaps: number[] = [];
  let done = turns + 1;
  for (const share of [0.2, 0.6, 1]) {
    const more = Math.max(0, Math.round(options.matches * share) - done);
    if (more > 0) onStep(`with the plugin: matches ${done + 1} to ${done + more}`);
    await questline.ask("play", more, 400);
    done += more;
    heaps.push((await questline.ask("memory")).heap);
  }
  const events = await questline.ask("reported");
  await questline.ask("close");
  return { without, with: played, heaps, events, seconds: (now() - started) / 1_000 };
}

async function play(server: Server, everyMs: number): Promise<Intervals> {
  await server.ask("forgetIntervals");
  await server.ask("play", 1, everyMs);
  const intervals = await server.ask("intervals");
  // What is owed yet must not fall into the other's turn.
  await server.ask("deliver");
  return intervals;
}

async function open(room: "plain" | "questline", graphUrl: string, parts: BenchParts): Promise<Server> {
  const { options, processes, folder, onStep } = parts;
  const words = room === "plain" ? "without the plugin" : "with the plugin";
  onStep(`${words}: ${options.rooms * options.clients} players join`);
  const env = {
    META_APP_ID: app.id,
    META_APP_SECRET: app.secret,
    GRAPH_URL: graphUrl,
    QUESTLINE_DB: join(folder, `${room}.db`),
    BENCH_ROOM: room,
    BENCH_ROOMS: String(options.rooms),
    BENCH_CLIENTS: String(options.clients),
  };
  const server: Server = processes.start({ name: `game ${words}`, file: "../bench/server.ts", env });
  const { port } = await server.ready;
  const clients = plansFor(options, room).map((plan, n) =>
    processes.start<ClientOrders, object>({
      name: `players ${n + 1} ${words}`,
      file: "../bench/clients.ts",
      env: { CLIENT_PLAN: JSON.stringify(plan) },
      aside: true,
    }),
  );
  await Promise.all(clients.map(({ ready }) => ready));
  await Promise.all(clients.map((client) => client.ask("join", `http://127.0.0.1:${port}`)));
  await server.ask("deliver");
  return server;
}

function plansFor({ rooms, clients }: BenchArguments, room: string): readonly ClientPlan[] {
  const numbers = Array.from({ length: rooms }, (_, number) => number);
  return Array.from({ length: Math.min(CLIENT_PROCESSES, rooms) }, (_, part) => ({
    room,
    rooms: numbers.filter((number) => number % CLIENT_PROCESSES === part),
    clients,
    withTokens: room === "questline",
  }));
}

function seedFor({ rooms, clients }: BenchArguments): Seed {
  const achievement = (api_name: string) => ({ api_name, achievement_write_policy: "SERVER_AUTHORITATIVE" }) as const;
  return {
    apps: [
      {
        ...app,
        achievements: [
          { ...achievement("FIRST_WIN"), achievement_type: "SIMPLE" },
          { ...achievement("MATCHES_1000000"), achievement_type: "COUNT", target: 1_000_000 },
          { ...achievement("HITS_1000000"), achievement_type: "COUNT", target: 1_000_000 },
        ],
        leaderboards: [
          { api_name: "HITS", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" },
        ],
      },
    ],
    users: Array.from({ length: rooms }, (_, room) =>
      Array.from({ length: clients }, (_, seat) => {
        const user = userAt(room, seat);
        return { alias: `r${room}s${seat}`, ids: { [app.id]: user }, tokens: { [app.id]: [tokenOf(user)] } };
      }),
    ).flat(),
  };
}
