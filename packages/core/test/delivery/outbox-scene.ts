import { afterEach } from "vitest";
import { newCounters } from "../../src/delivery/counters.ts";
import type { Counters } from "../../src/delivery/counters.ts";
import type { Taken } from "../../src/delivery/intake.ts";
import { Outbox } from "../../src/delivery/outbox.ts";
import type { Ended } from "../../src/delivery/ended.ts";
import type { Sabotage } from "../../src/delivery/sabotage.ts";
import { deliveryPolicy } from "../../src/delivery/policy.ts";
import type { DeliveryOptions } from "../../src/delivery/policy.ts";
import { laneKeyFor } from "../../src/intent/intent.ts";
import type { Intent } from "../../src/intent/intent.ts";
import { valueOf } from "../../src/intent/lane-value.ts";
import { silentLogger } from "../../src/runtime/log.ts";
import type { Logger } from "../../src/runtime/log.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import type { ManualClock } from "../../src/runtime/manual-clock.ts";
import type { OrphanedSockets } from "../../src/runtime/orphaned-sockets.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import type { Acceptance, LaneStore } from "../../src/store/lane-store.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { scriptedPlatform } from "./scripted-platform.ts";
import type { ScriptedPlatform } from "./scripted-platform.ts";

export const USER = "10100000000000001";
export const QUIET = 15_000;
const open: { readonly outbox: Outbox; readonly store: LaneStore; readonly clock: ManualClock }[] = [];

afterEach(async () => {
  // A process that died closes nothing.
  const alive = open.splice(0).filter(({ store }) => !("isDead" in store && store.isDead === true));
  for (const { outbox, clock } of alive) {
    const closed = outbox.close(0).catch(() => undefined);
    // Long enough for what does not end by itself.
    await clock.advance(2_000);
    await closed;
  }
});

interface WorldOptions extends DeliveryOptions {
  readonly sabotage?: Sabotage;
  readonly store?: LaneStore;
  readonly targets?: Record<string, bigint>;
  readonly platform?: ScriptedPlatform;
  readonly clock?: ManualClock;
  readonly logger?: Logger;
  readonly orphans?: () => OrphanedSockets;
  /** Hears of ends from before the store is open. */
  readonly onEnded?: (ended: Ended) => void;
}

interface TestWorld {
  readonly outbox: Outbox;
  readonly platform: ScriptedPlatform;
  readonly clock: ManualClock;
  readonly counters: Counters;
  readonly store: LaneStore;
  readonly ended: Ended[];
  accept(intent: Intent, more?: { dueInMs?: number; user?: string; keepsCounting?: boolean }): Promise<Acceptance>;
}

/** An open outbox over a scripted platform, on a clock that stands still. */
export async function world(options: WorldOptions = {}): Promise<TestWorld> {
  const {
    sabotage,
    store = memoryStore(),
    targets,
    clock = manualClock(),
    platform: given,
    logger,
    onEnded,
    orphans,
    ...delivery
  } = options;
  const platform = given ?? scriptedPlatform(clock, targets);
  const counters = newCounters();
  const policy = deliveryPolicy(delivery);
  const outbox = new Outbox({
    store,
    platform,
    policy,
    clock,
    random: seededRandom(7),
    logger: logger ?? silentLogger,
    counters,
    abort: new AbortController(),
    orphans,
    sabotage,
  });
  open.push({ outbox, store, clock });
  if (onEnded !== undefined) outbox.ended.listen(onEnded);
  await outbox.open();
  const ended: Ended[] = [];
  outbox.ended.listen((end) => ended.push(end));
  const accept = async (
    intent: Intent,
    more: { dueInMs?: number; user?: string; keepsCounting?: boolean } = {},
  ): Promise<Acceptance> => {
    const at = clock.now();
    const firing = {
      key: laneKeyFor("1", more.user ?? USER, intent),
      value: valueOf(intent, more.keepsCounting),
      at,
      dueAt: at + (more.dueInMs ?? 0),
    };
    const taken = await new Promise<Taken>((told) => outbox.take([firing], told));
    const acceptance = taken.status === "taken" ? taken.firings[0] : undefined;
    if (acceptance === undefined) throw new Error("not taken");
    return acceptance;
  };
  return { outbox, platform, clock, counters, store, ended, accept };
}

export const add = (n: bigint, target = "KILLS"): Intent => ({ kind: "addCount", target, n });
