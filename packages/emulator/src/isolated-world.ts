import type { Faults } from "./faults/fault-plan.ts";
import type { Oracle } from "./oracle.ts";
import type { RequestLog } from "./request-log.ts";
import type { Seed } from "./seed/seed.ts";
import type { Strictness } from "./strictness.ts";
import type { SwitchBoard } from "./switches.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";
import type { World } from "./world/world-api.ts";

/** A world with everything that belongs to it. It shares nothing with others but the port. */
export interface IsolatedWorld {
  /** Its base URL, without a slash at the end; also serves `/__emulator/*` for this world alone. */
  readonly url: string;
  readonly world: World;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly oracle: Oracle;
  readonly switches: SwitchBoard;
  readonly webhooks: Webhooks;
  /**
   * Starts over with this seed (default: the first one): world, faults, log, oracle, switches, webhooks and clock.
   * Requests that wait for a fault's time lose their connection. @throws EmulatorInputError and changes nothing.
   */
  reset(seed?: Seed): void;
}

export interface WorldOptions {
  /** Default: `defaultSeed`. */
  readonly seed?: Seed;
  /** Default "observed". */
  readonly strictness?: Strictness;
}

/** Worlds besides the default one, for tests that run beside each other on one port. */
export interface Worlds {
  /** A new world under `url/__worlds/name`. @throws EmulatorInputError for a name that is taken or no name. */
  open(name: string, options?: WorldOptions): IsolatedWorld;
  /** Whether there was such a world. Its waiting requests lose their connection. */
  close(name: string): boolean;
  names(): readonly string[];
}
