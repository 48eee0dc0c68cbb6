import { createControl } from "./control/control.ts";
import { FaultPlan, type Faults } from "./faults/fault-plan.ts";
import { createGraphHandler, type GraphHandler } from "./http/graph-handler.ts";
import { closeServer, createHttpServer, listen } from "./http/server.ts";
import { EffectCounter, type Oracle } from "./oracle.ts";
import { type RequestLog, RequestRecorder } from "./request-log.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import { type MovableClock, movableClock } from "./runtime/movable-clock.ts";
import { type Random, systemRandom } from "./runtime/random.ts";
import { parseSeed } from "./seed/parse-seed.ts";
import { defaultSeed, type Seed } from "./seed/seed.ts";
import { createSwitchBoard, parseSwitches, type SwitchBoard } from "./switches.ts";
import { EmulatedWorld } from "./world/world.ts";
import type { World } from "./world/world-api.ts";

export interface EmulatorOptions {
  /** The world at its start. Default: `defaultSeed`. */
  readonly seed?: Seed;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** For trace ids, minted tokens and faults by probability. Default: the system's. */
  readonly random?: Random;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** A running stand-in for Meta's Horizon platform API. */
export interface Emulator extends AsyncDisposable {
  /** Where it listens, without a slash at the end; also serves `/__emulator/*`. */
  readonly url: string;
  readonly world: World;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly oracle: Oracle;
  readonly switches: SwitchBoard;
  /**
   * Starts over with this seed (default: the first one): world, faults, log, oracle, switches and clock. Requests that
   * wait for a fault's time lose their connection. @throws EmulatorInputError and changes nothing.
   */
  reset(seed?: Seed): void;
  /** Stops listening and destroys open connections. */
  close(): Promise<void>;
}

/** Starts an emulator. @throws EmulatorInputError for a seed that cannot be used, Error for an address that is taken. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = "127.0.0.1" } = options;
  const core = new Core(options);
  const server = createHttpServer({
    graph: (incoming, response) => core.graph.handle(incoming, response),
    control: createControl(core),
    random: core.random,
  });
  const address = await listen(server, port, host);
  core.url = `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    core.stop();
    closed ??= closeServer(server);
    return closed;
  };
  const { url, world, faults, requests, oracle, switches } = core;
  const reset = (seed?: Seed): void => core.reset(seed);
  return { url, world, faults, requests, oracle, switches, reset, close, [Symbol.asyncDispose]: close };
}

/** The parts, wired; everything but the socket. */
class Core {
  readonly random: Random;
  readonly switches: SwitchBoard = createSwitchBoard();
  readonly oracle: EffectCounter = new EffectCounter();
  readonly requests: RequestRecorder = new RequestRecorder();
  readonly faults: FaultPlan;
  readonly world: EmulatedWorld;
  readonly graph: GraphHandler;
  url = "";
  readonly #clock: MovableClock;
  readonly #seed: Seed;

  constructor({ seed = defaultSeed, random = systemRandom, clock = systemClock }: EmulatorOptions) {
    this.random = random;
    this.#clock = movableClock(clock);
    this.#seed = parseSeed(seed);
    this.switches.reset(switchesOf(this.#seed));
    this.faults = new FaultPlan(random);
    const { switches, oracle, faults, requests: log } = this;
    this.world = new EmulatedWorld({ clock: this.#clock, random, switches, oracle }, this.#seed);
    const url = (): string => this.url;
    this.graph = createGraphHandler({
      world: this.world,
      faults,
      log,
      oracle,
      switches,
      clock: this.#clock,
      random,
      url,
    });
  }

  reset(seed?: Seed): void {
    const next = seed === undefined ? this.#seed : parseSeed(seed);
    this.world.load(next);
    this.stop();
    this.faults.clear();
    this.requests.clear();
    this.oracle.reset();
    this.switches.reset(switchesOf(next));
  }

  /** Ends every wait: delayed effects never come, waiting requests lose their connection. */
  stop(): void {
    this.#clock.reset();
    this.graph.dropWaiting();
  }
}

function switchesOf(seed: Seed): ReturnType<typeof parseSwitches> {
  return parseSwitches(seed.switches ?? {}, "seed.switches");
}
