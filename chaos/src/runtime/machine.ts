import { cpus, setPriority } from "node:os";
import { sleep } from "./time.ts";

/** How much of all processors was free in these milliseconds, from 0 to 1. */
export async function idleShare(ms: number): Promise<number> {
  const sum = (): { readonly idle: number; readonly all: number } => {
    const times = cpus().map((cpu) => cpu.times);
    const all = times.reduce((total, { user, nice, sys, idle, irq }) => total + user + nice + sys + idle + irq, 0);
    return { idle: times.reduce((total, { idle }) => total + idle, 0), all };
  };
  const before = sum();
  await sleep(ms);
  const after = sum();
  return after.all === before.all ? 1 : (after.idle - before.idle) / (after.all - before.all);
}

/** Ahead of others for a processor, where this process may ask for that. */
export function goFirst(): void {
  try {
    setPriority(-10);
  } catch {
    // Only the superuser may.
  }
}
