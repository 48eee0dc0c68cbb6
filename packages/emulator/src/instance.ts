import { createControl } from "./control/control.ts";
import { EmulatorInputError } from "./input-error.ts";
import { FaultPlan } from "./faults/fault-plan.ts";
import { createGraphHandler, type GraphHandler } from "./http/graph-handler.ts";
import type { RequestHandler } from "./http/server.ts";
import { EffectCounter } from "./oracle.ts";
import { RequestRecorder } from "./request-log.ts";
import type { Clock } from "./runtime/clock.ts";
import { type MovableClock, movableClock } from "./runtime/movable-clock.ts";
import type { Random } from "./runtime/random.ts";
import { parseSeed } from "./seed/parse-seed.ts";
import { defaultSeed, type Seed } from "./seed/seed.ts";
import { type Strictness, strictnessProfiles } from "./strictness.ts";
import { createSwitchBoard, parseSwitches, type SwitchBoard } from "./switches.ts";
import { WebhookSender } from "./webhooks/webhooks.ts";
import { EmulatedWorld } from "./world/world.ts";
import type { Worlds } from "./isolated-world.ts";

export interface InstanceOptions {
  readonly seed?: Seed | undefined;
  readonly strictness?: Strictness | undefined;
  readonly random: Random;
  readonly clock: Clock;
  readonly allowRemoteWebhooks: boolean;
  /** Its address, known once the emulator listens. */
  readonly url: () => string;
  readonly worlds: Worlds;
}

/** One world with its faults, log, oracle, switches, clock and webhooks: everything but the socket. */
export class Instance {
  readonly random: Random;
  readonly switches: SwitchBoard;
  readonly oracle: EffectCounter = new EffectCounter();
  readonly requests: RequestRecorder = new RequestRecorder();
  readonly faults: FaultPlan;
  readonly world: EmulatedWorld;
  readonly webhooks: WebhookSender;
  readonly worlds: Worlds;
  readonly graph: GraphHandler;
  readonly control: RequestHandler;
  readonly #url: () => string;
  readonly #clock: MovableClock;
  readonly #seed: Seed;

  constructor(options: InstanceOptions) {
    const { seed = defaultSeed, strictness = "observed", random, clock: baseClock, url, worlds } = options;
    const { allowRemoteWebhooks: allowRemote } = options;
    this.random = random;
    this.worlds = worlds;
    this.#url = url;
    this.#clock = movableClock(baseClock);
    this.#seed = parseSeed(seed);
    if (!Object.hasOwn(strictnessProfiles, strictness)) {
      throw new EmulatorInputError("strictness", `expected one of ${Object.keys(strictnessProfiles).join(", ")}`);
    }
    const switches = createSwitchBoard(strictnessProfiles[strictness]);
    switches.reset(switchesOf(this.#seed));
    this.switches = switches;
    const faults = new FaultPlan(random);
    this.faults = faults;
    const clock = this.#clock;
    this.webhooks = new WebhookSender({ clock, baseClock, random, allowRemote, state: () => this.world.state });
    this.webhooks.check(this.#seed);
    const publish: WebhookSender["publish"] = (...event) => this.webhooks.publish(...event);
    this.world = new EmulatedWorld({ clock, random, switches, oracle: this.oracle, publish }, this.#seed);
    this.webhooks.load(this.#seed);
    const { world, oracle, requests: log } = this;
    this.graph = createGraphHandler({ world, faults, log, oracle, switches, clock, random, url });
    this.control = createControl(this);
  }

  get url(): string {
    return this.#url();
  }

  reset(seed?: Seed): void {
    const next = seed === undefined ? this.#seed : parseSeed(seed);
    this.webhooks.check(next);
    const state = this.world.prepare(next);
    this.stop();
    this.world.install(state);
    this.webhooks.load(next);
    this.faults.clear();
    this.requests.clear();
    this.oracle.reset();
    this.switches.reset(switchesOf(next));
  }

  /** Ends every wait: delayed effects and retries never come, waiting requests lose their connection. */
  stop(): void {
    this.#clock.reset();
    this.graph.dropWaiting();
    this.webhooks.stop();
  }
}

function switchesOf(seed: Seed): ReturnType<typeof parseSwitches> {
  return parseSwitches(seed.switches ?? {}, "seed.switches");
}
