import type { FaultPlan } from "../faults/fault-plan.ts";
import type { Worlds } from "../isolated-world.ts";
import type { EffectCounter } from "../oracle.ts";
import type { RequestLog } from "../request-log.ts";
import type { Seed } from "../seed/seed.ts";
import type { SwitchBoard } from "../switches.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import type { EmulatedWorld } from "../world/world.ts";

/** What the control path reaches: one world without its socket, and the list of the others. */
export interface ControlTarget {
  readonly url: string;
  readonly world: EmulatedWorld;
  readonly faults: FaultPlan;
  readonly requests: RequestLog;
  readonly oracle: EffectCounter;
  readonly switches: SwitchBoard;
  readonly webhooks: Webhooks;
  readonly worlds: Worlds;
  reset(seed?: Seed): void;
}
