import { ClientState, type Room, Server } from "@colyseus/core";
import type { Room as SdkRoom } from "@colyseus/sdk";
import type { ColyseusTestServer } from "@colyseus/testing";
import { createQuestline, memoryStore, silentLogger } from "@questline/core";
import type {
  Achievements,
  Debts,
  DeliveryOptions,
  Events,
  Leaderboards,
  Logger,
  NoLeaderboards,
  Questline,
  QuestlineDefinition,
} from "@questline/core";
import { manualClock, type ManualClock } from "@questline/core/testing";
import type { Emulator } from "@questline/emulator";
import { connectionOf } from "../connection-of.ts";
import { pause } from "../runtime/clock.ts";
import { TOKEN_HEADER } from "../take-credential.ts";
import { APP, seedOf } from "./catalogue-seed.ts";
import { freePort } from "./free-port.ts";
import { installMatchers, loadTools, type Tools } from "./tools.ts";
import { whileClockRuns } from "./settle.ts";
import { createTestPlayer, type TestPlayer } from "./test-player.ts";

const TWO_COPIES =
  "two copies of @colyseus/core are installed, one for @questline/colyseus and one for @colyseus/testing, so that a test " +
  "would not see the game's rooms: `npm ls @colyseus/core` shows who brings the second one.";

export interface QuestlineTestOptions<
  E extends Events,
  A extends Achievements,
  L extends Leaderboards,
> extends QuestlineDefinition<E, A, L> {
  /** Makes the game's rooms by name, around the test's Questline. */
  readonly rooms: (questline: Questline<E, A, L>) => Readonly<Record<string, new () => object>>;
  readonly delivery?: DeliveryOptions;
  /** Default: silent. */
  readonly logger?: Logger;
}

/** A game server, its Questline and Meta's platform, in one process. `await using` or `close()` ends it. */
export interface QuestlineTest<
  E extends Events = Events,
  A extends Achievements = Achievements,
  L extends Leaderboards = Leaderboards,
> extends AsyncDisposable {
  readonly questline: Questline<E, A, L>;
  /** Meta's platform: its world, faults, request log and oracle. */
  readonly emulator: Emulator;
  /** Questline's time: stands still until it is moved. Colyseus's own timers run in real time. */
  readonly clock: ManualClock;
  /** `@colyseus/testing`'s server: `getRoomById`, `createRoom`, … */
  readonly server: ColyseusTestServer;
  /** The player of this alias: made at the first call. */
  player(alias: string): TestPlayer;
  /** The player joins or creates a room, as a headset with a token would; resolves when the room knows it. */
  join(room: string, player: TestPlayer | string, options?: object): Promise<SdkRoom>;
  /** Delivers everything that can be delivered, letting as much of Questline's time pass as that takes; says what is owed. */
  settle(): Promise<Debts>;
  close(): Promise<void>;
}

/**
 * Starts an emulator that holds the catalogue, a Questline with a manual clock that delivers to it, and a Colyseus test
 * server with the rooms. In vitest it adds the matchers `toHaveUnlocked` and `toHaveScore`. One at a time in a process.
 */
export async function createQuestlineTest<
  const E extends Events,
  const A extends Achievements,
  const L extends Leaderboards = NoLeaderboards,
>(options: QuestlineTestOptions<E, A, L>): Promise<QuestlineTest<E, A, L>> {
  const { rooms, delivery = {}, logger = silentLogger, ...definition } = options;
  const { createEmulator, SdkClient, boot } = await loadTools();
  await installMatchers();
  const clock = manualClock();
  const emulator = await createEmulator({ seed: seedOf(definition.achievements, definition.leaderboards) });
  const questline = createQuestline<E, A, L>({
    ...definition,
    app: APP,
    store: memoryStore(),
    graph: { baseUrl: emulator.url },
    delivery,
    logger,
    clock,
  });
  await questline.ready;
  const stage = { questline, emulator, clock };
  const closeStage = async (): Promise<void> => {
    await whileClockRuns(questline.close(), stage);
    await emulator.close();
  };
  const server = await serve(boot, rooms(questline)).catch(async (problem: unknown) => {
    await closeStage();
    throw problem;
  });
  const players = new Map<string, TestPlayer>();
  let closing: Promise<void> | undefined;

  const game: QuestlineTest<E, A, L> = {
    ...stage,
    server,
    player(alias) {
      const known = players.get(alias) ?? createTestPlayer(emulator, alias);
      players.set(alias, known);
      return known;
    },
    async join(name, player, joinOptions = {}) {
      const { token } = typeof player === "string" ? game.player(player) : player;
      const sdk = new SdkClient(`ws://127.0.0.1:${portOf(server)}`, { headers: { [TOKEN_HEADER]: token } });
      const room = await whileClockRuns(sdk.joinOrCreate(name, joinOptions), stage);
      await acknowledged(server, room);
      return room;
    },
    async settle() {
      let debts: Debts;
      do {
        await whileClockRuns(questline.flush(), stage);
        debts = await questline.owed();
        // What is in doubt waits for its quiet period, and is no debt of the flush.
        if (debts.inDoubt > 0) await clock.advance(1_000);
      } while (debts.pending + debts.inFlight + debts.inDoubt > 0);
      return debts;
    },
    close() {
      closing ??= (async () => {
        await server.shutdown();
        await closeStage();
      })();
      return closing;
    },
    [Symbol.asyncDispose]: () => game.close(),
  };
  return game;
}

async function serve(
  boot: Tools["boot"],
  rooms: Readonly<Record<string, new () => object>>,
): Promise<ColyseusTestServer> {
  const config = {
    initializeGameServer: (gameServer: Server) => {
      if (!(gameServer instanceof Server)) throw new Error(TWO_COPIES);
      for (const [name, room] of Object.entries(rooms)) gameServer.define(name, room as new () => Room);
    },
  };
  // Its own type wants the types of rooms, known where a config is written.
  const bootAny = boot as (config: object, port: number) => Promise<ColyseusTestServer>;
  return bootAny(config, await freePort());
}

function portOf({ server }: ColyseusTestServer): number {
  return (server as unknown as { readonly port: number }).port;
}

/** A join resolves at the client before the room has its acknowledgement; a drop before that is none. */
async function acknowledged(server: ColyseusTestServer, { roomId, sessionId }: SdkRoom): Promise<void> {
  for (let ms = 0; ms < 1_000; ms += 2) {
    const room: Room | undefined = server.getRoomById(roomId);
    if (room !== undefined && connectionOf(room, sessionId)?.state === ClientState.JOINED) return;
    await pause(2);
  }
}
