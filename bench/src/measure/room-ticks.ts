import { percentile } from "./statistics.ts";

const ROOMS = 16;
const TICK_MS = 16;

/**
 * Sixteen rooms that tick every 16 ms, one in each: `stop` answers how late ticks came, ms, those included that should
 * have come by then and did not.
 */
export function startRoomTicks(): { stop(): { readonly p99: number; readonly max: number } } {
  const late: number[] = [];
  const lastTicks: number[] = Array.from({ length: ROOMS }, (_, room) => performance.now() + room - TICK_MS);
  const timers = new Set<NodeJS.Timeout>();
  for (let room = 0; room < ROOMS; room += 1) {
    const starter = setTimeout(() => {
      timers.delete(starter);
      const tick = (): void => {
        const now = performance.now();
        late.push(Math.max(0, now - (lastTicks[room] ?? now) - TICK_MS));
        lastTicks[room] = now;
      };
      tick();
      const ticking = setInterval(tick, TICK_MS);
      timers.add(ticking);
    }, room);
    timers.add(starter);
  }
  return {
    stop() {
      for (const timer of timers) clearTimeout(timer);
      const now = performance.now();
      for (const last of lastTicks) if (now - last > TICK_MS) late.push(now - last - TICK_MS);
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
