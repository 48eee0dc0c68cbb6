import type { IncomingMessage } from "node:http";
import { createGate } from "./http/gate.ts";
import { isLoopback } from "./http/loopback.ts";
import { closeServer, createHttpServer, listen } from "./http/server.ts";
import { worldOf } from "./http/world-of.ts";
import { EmulatorInputError } from "./input-error.ts";
import { Instance } from "./instance.ts";
import type { IsolatedWorld, Worlds } from "./isolated-world.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import { type Random, systemRandom } from "./runtime/random.ts";
import type { Seed } from "./seed/seed.ts";
import type { Strictness } from "./strictness.ts";
import { isolatedWorld, WorldRegistry } from "./worlds.ts";

export interface EmulatorOptions {
  /** The world at its start. Default: `defaultSeed`. */
  readonly seed?: Seed;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default "127.0.0.1". Beyond this machine, everybody who reaches the port controls the emulator: it warns. */
  readonly host?: string;
  /** Names besides `host` and this machine's by which it is reached, such as "emulator". Default: none. */
  readonly allowedHosts?: readonly string[];
  /** Lets webhooks go to other machines than this one. Default false. */
  readonly allowRemoteWebhooks?: boolean;
  /** Where every switch stands before the seed's are set. Default "observed". */
  readonly strictness?: Strictness;
  /** How long a client may take to send a request, in milliseconds. Default 30000. */
  readonly requestTimeoutMs?: number;
  /** For trace ids, minted tokens and faults by probability. Default: the system's. */
  readonly random?: Random;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** A running stand-in for Meta's Horizon platform API. Its own members are those of the default world. */
export interface Emulator extends IsolatedWorld, AsyncDisposable {
  /** Further worlds on the same port. */
  readonly worlds: Worlds;
  /** Stops listening and destroys open connections, in every world. */
  close(): Promise<void>;
}

/** Starts an emulator. @throws EmulatorInputError for input that cannot be used, Error for an address that is taken. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = "127.0.0.1", random = systemRandom, clock = systemClock } = options;
  const { seed, strictness, requestTimeoutMs = 30_000, allowedHosts = [], allowRemoteWebhooks = false } = options;
  if (host.trim() === "") {
    throw new EmulatorInputError("host", 'expected an address; "127.0.0.1" is this machine alone, "0.0.0.0" everybody');
  }
  let [address, url] = ["", ""];
  const gate = createGate({ host, address: () => address, allowedHosts });
  const surroundings = { random, clock, allowRemoteWebhooks, url: () => url };
  const worlds = new WorldRegistry(surroundings);
  const instance = new Instance({ ...surroundings, seed, strictness, worlds });
  const pick = (incoming: IncomingMessage): Instance | undefined => {
    const name = worldOf(incoming);
    return name === undefined ? instance : worlds.instance(name);
  };
  const server = createHttpServer({ pick, gate, random, requestTimeoutMs });
  const bound = await listen(server, port, host);
  address = bound.address;
  if (!isLoopback(address)) warnOfExposure(address);
  url = `http://${bound.family === "IPv6" ? `[${address}]` : address}:${bound.port}`;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    instance.stop();
    worlds.stop();
    closed ??= closeServer(server);
    return closed;
  };
  return { ...isolatedWorld(instance), worlds, close, [Symbol.asyncDispose]: close };
}

function warnOfExposure(address: string): void {
  const message = `The emulator listens on ${address}: whoever reaches its port reads and changes its world`;
  process.emitWarning(message, { type: "QuestlineEmulatorWarning", code: "QUESTLINE_EMULATOR_EXPOSED" });
}
