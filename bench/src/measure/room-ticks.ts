import { percentile } from "./statistics.ts";

const ROOMS = 16;
const TICK_MS = 16;

/** Sixteen rooms that tick every 16 ms, one in each: `stop` answers how late ticks came, ms. */
export function startRoomTicks(): { stop(): { readonly p99: number; readonly max: number } } {
  const late: number[] = [];
  const timers = new Set<NodeJS.Timeout>();
  for (let room = 0; room < ROOMS; room += 1) {
    const starter = setTimeout(() => {
      timers.delete(starter);
      let last = performance.now();
      const ticking = setInterval(() => {
        const now = performance.now();
        late.push(Math.max(0, now - last - TICK_MS));
        last = now;
      }, TICK_MS);
      timers.add(ticking);
    }, room);
    timers.add(starter);
  }
  return {
    stop() {
      for (const timer of timers) clearTimeout(timer);
      return { p99: percentile(late, 0.99), max: Math.max(0, ...late) };
    },
  };
}

/** How late ticks come here when nothing else runs, ms. */
export async function idleTicks(forMs: number): Promise<number> {
  const ticks = startRoomTicks();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  return ticks.stop().p99;
}
