import { createServer, type AddressInfo } from "node:net";
import { ClientState, type Room, type Server } from "@colyseus/core";
import { boot, type ColyseusTestServer } from "@colyseus/testing";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { bitfield, board, count, createQuestline, each, memoryStore, oncePerMatch, simple } from "@questline/core";
import type { EventDefinition, LaneStore, Questline } from "@questline/core";
import { createEmulator, type Emulator } from "@questline/emulator";
import { expect, vi } from "vitest";

export interface MatchEnded {
  readonly won: boolean;
  readonly score: bigint;
  readonly timeMs: number;
}

export type DuelQuestline = Questline<{
  readonly matchEnded: EventDefinition<MatchEnded, "once-per-match">;
  readonly kill: EventDefinition<{ readonly map: number }, "each">;
}>;

/** A real core, on a memory store unless one is given, delivering to an emulator. */
export function duelQuestline(baseUrl: string, store: LaneStore = memoryStore()): DuelQuestline {
  return createQuestline({
    app: { id: "1", secret: "test-secret" },
    store,
    graph: { baseUrl },
    delivery: { windowMs: 20, quietPeriodMs: 200, backoffMs: 20, maxBackoffMs: 100 },
    achievements: { FIRST_WIN: simple(), WINS_100: count(100), EVERY_MAP: bitfield(7, { target: 7 }) },
    leaderboards: {
      HIGH_SCORE: board({ sort: "higher-is-better", writes: "server" }),
      BEST_TIME: board({ sort: "lower-is-better", writes: "client" }),
    },
    events: { matchEnded: oncePerMatch<MatchEnded>(), kill: each<{ readonly map: number }>() },
    rules: {
      matchEnded: ({ unlock, addCount, submitScore }) => [
        unlock("FIRST_WIN").when((e) => e.won),
        addCount("WINS_100", 1),
        submitScore("HIGH_SCORE", (e) => e.score),
        submitScore("BEST_TIME", (e) => e.timeMs),
      ],
      kill: ({ addBits }) => [addBits("EVERY_MAP", (e) => [e.map])],
    },
  });
}

/** A port of this process's own: the test server takes a number, not 0. */
const port = await new Promise<number>((resolve, reject) => {
  const probe = createServer().once("error", reject);
  probe.listen(0, () => {
    const { port } = probe.address() as AddressInfo;
    probe.close(() => resolve(port));
  });
});

/** Where `serve` listens. */
export const host: string = `127.0.0.1:${port}`;

/** What a server has beside its rooms: options of theirs by name, and middleware. */
export interface Beside {
  readonly options?: Readonly<Record<string, object>>;
  readonly express?: (app: { use: (...handlers: unknown[]) => void }) => void;
}

/** One Colyseus server with these rooms. One at a time in a process. */
export async function serve(
  rooms: Readonly<Record<string, new () => Room>>,
  { options = {}, express }: Beside = {},
): Promise<ColyseusTestServer> {
  const config: Parameters<typeof boot<any>>[0] = {
    ...(express && { initializeExpress: express as never }),
    initializeGameServer: (gameServer: Server) => {
      for (const [name, room] of Object.entries(rooms)) gameServer.define(name, room as never, options[name] as never);
    },
  };
  return boot(config, port);
}

/** A player's SDK, with a token in the header, as a native client sends it. */
export const player = (token?: string): SdkClient =>
  new SdkClient(`ws://${host}`, token === undefined ? {} : { headers: { "x-meta-token": token } });

export interface TestUser {
  readonly id: string;
  readonly token: string;
  readonly alias: string;
}

let users = 0;

/** Somebody Questline has not met: what it knows of a user outlives a test. */
export function newUser(emulator: Emulator): TestUser {
  const alias = `player.${++users}`;
  const { id } = emulator.world.createUser({ alias });
  return { id, alias, token: emulator.world.mintUserToken("1", id) };
}

/** Resolves when the server has the acknowledgement of this join, so that a drop is a drop. */
export async function joined(room: Room, { sessionId }: SdkRoom): Promise<void> {
  await vi.waitFor(() => expect(room.clients.get(sessionId)?.state).toBe(ClientState.JOINED), { interval: 5 });
}

/** What this room's connection is sent, by type, from now on. */
export function heard(room: SdkRoom, ...types: readonly string[]): { type: string; payload: unknown }[] {
  const sent: { type: string; payload: unknown }[] = [];
  for (const type of types) room.onMessage(type, (payload: unknown) => sent.push({ type, payload }));
  return sent;
}

export { createEmulator };
export type { Emulator };
