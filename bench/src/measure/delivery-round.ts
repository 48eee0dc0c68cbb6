import type { Measures } from "../contestant.ts";
import { watchCpu } from "./cpu-shares.ts";
import { idleTicks, startRoomTicks } from "./room-ticks.ts";

/** What sending `results` costs: rate, who was busy, and how much later room ticks come than they do at rest. */
export async function deliveryRound(results: number, send: () => Promise<unknown>): Promise<Measures> {
  const idle = await idleTicks(300);
  const ticks = startRoomTicks();
  const cpu = watchCpu();
  await send();
  const used = cpu();
  const { p99, max } = ticks.stop();
  const { elapsedMs = Number.NaN, threadMicros = Number.NaN } = used;
  return {
    ...used,
    threadMicros: threadMicros / results,
    perSecond: (results / elapsedMs) * 1000,
    tickP99: p99,
    tickIdleP99: idle,
    tickAdded: Math.max(0, p99 - idle),
    tickMax: max,
  };
}
