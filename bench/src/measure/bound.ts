import type { Results } from "../bench.ts";

const BUSY = 0.85;

/**
 * What held a contestant up, by who was busy while it ran: one of its threads, the machine with everything that runs on
 * it, or nobody; then it waited, for `waitingFor`.
 */
export function boundOf(results: Results, contestant: string, waitingFor: string): string {
  const share = (name: string): number => results.of(contestant, name) ?? 0;
  const [thread, other, machine] = [share("threadShare"), share("otherShare"), share("machineShare")];
  const shares = `game thread ${percent(thread)}, its other threads ${percent(other)} of a core; machine ${percent(machine)}`;
  if (Math.max(thread, other) >= BUSY)
    return `${other > thread ? "thread that stores and delivers" : "game thread"} (${shares})`;
  return `${machine >= BUSY ? "processor shared with other processes" : waitingFor} (${shares})`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
