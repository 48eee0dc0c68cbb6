import { join } from "node:path";
import type { Seed } from "@questline/emulator";
import { EmulatorControl } from "../demo/emulator-control.ts";
import type { Processes, Program } from "../demo/processes.ts";
import { app } from "../demo/seed.ts";
import { now, sleep } from "../runtime/timers.ts";
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
  readonly without: readonly Arm[];
  readonly with: Arm;
  /** Heap after a fifth, three fifths and all of the matches, with the plugin. */
  readonly heaps: readonly number[];
  /** Events reported with the plugin. */
  readonly events: number;
  readonly seconds: number;
}

/** One server with its players, over the same matches. */
export interface Arm {
  readonly intervals: Intervals;
  readonly memory: Memory;
}

export interface BenchParts {
  readonly options: BenchArguments;
  readonly processes: Processes;
  readonly folder: string;
  readonly onStep: (words: string) => void;
}

/** Processes that the clients are spread over: more would only fight for the same cores. */
const CLIENT_PROCESSES = 2;

/** Without, with, and without once more: what lies between the two without is the machine's own noise. */
export async function run(parts: BenchParts): Promise<Measured> {
  const started = now();
  const { matches } = parts.options;
  // A burst of ends every five seconds, as long as there are enough matches for growth to show afterwards.
  const paced = { matches: Math.max(1, Math.min(5, Math.round(matches / 20))), everyMs: matches < 20 ? 500 : 5_000 };
  const before = await arm(parts, "plain", paced);
  const played = await arm(parts, "questline", paced, async (server) => {
    const heaps: number[] = [];
    let done = paced.matches;
    for (const share of [0.2, 0.6, 1]) {
      const more = Math.max(0, Math.round(matches * share) - done);
      parts.onStep(`with the plugin: matches ${done + 1} to ${done + more}`);
      await server.ask("play", more, 400);
      done += more;
      heaps.push((await server.ask("memory")).heap);
    }
    return { heaps, events: await server.ask("reported") };
  });
  const after = await arm(parts, "plain", paced);
  return {
    without: [before.arm, after.arm],
    with: played.arm,
    heaps: played.more?.heaps ?? [],
    events: played.more?.events ?? 0,
    seconds: (now() - started) / 1_000,
  };
}

interface Pace {
  readonly matches: number;
  readonly everyMs: number;
}

async function arm<T>(
  { options, processes, folder, onStep }: BenchParts,
  room: "plain" | "questline",
  pace: Pace,
  afterwards?: (server: Program<ServerOrders, { port: number }>) => Promise<T>,
): Promise<{ readonly arm: Arm; readonly more: T | undefined }> {
  const words = room === "plain" ? "without the plugin" : "with the plugin";
  onStep(`${words}: ${options.rooms * options.clients} players join`);
  const emulator = processes.start<object, { url: string }>({ name: "emulator", file: "../emulator.ts" });
  const { url } = await emulator.ready;
  await new EmulatorControl(url).reset(seedFor(options));
  const env = {
    META_APP_ID: app.id,
    META_APP_SECRET: app.secret,
    GRAPH_URL: url,
    QUESTLINE_DB: join(folder, `${room}-${Math.round(now())}.db`),
    BENCH_ROOM: room,
    BENCH_ROOMS: String(options.rooms),
    BENCH_CLIENTS: String(options.clients),
  };
  const server = processes.start<ServerOrders, { port: number }>({ name: "game", file: "../bench/server.ts", env });
  const { port } = await server.ready;
  const clients = plansFor(options, room).map((plan, n) =>
    processes.start<ClientOrders, object>({
      name: `players ${n + 1}`,
      file: "../bench/clients.ts",
      env: { CLIENT_PLAN: JSON.stringify(plan) },
    }),
  );
  await Promise.all(clients.map(({ ready }) => ready));
  await Promise.all(clients.map((client) => client.ask("join", `http://127.0.0.1:${port}`)));

  onStep(`${words}: a burst of match ends every ${pace.everyMs / 1_000} s, ${pace.matches} times`);
  await sleep(pace.everyMs / 5);
  await server.ask("forgetIntervals");
  await server.ask("play", pace.matches, pace.everyMs);
  const measured: Arm = { intervals: await server.ask("intervals"), memory: await server.ask("memory") };
  const more = await afterwards?.(server);
  await server.ask("close");
  for (const program of [server, emulator, ...clients]) await program.kill();
  return { arm: measured, more };
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
