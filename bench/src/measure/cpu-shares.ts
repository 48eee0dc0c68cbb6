import { cpus } from "node:os";
import type { Measures } from "../contestant.ts";

/**
 * Who was busy while something ran, as shares of one core: the calling thread, this process's other threads (a store's
 * worker, garbage collection, the pool that writes files), and the whole machine as a share of all its cores.
 */
export function watchCpu(): () => Measures {
  const started = performance.now();
  const thread = process.threadCpuUsage();
  const whole = process.cpuUsage();
  const machine = machineTimes();
  return () => {
    const elapsedMicros = (performance.now() - started) * 1000;
    const threadMicros = sum(process.threadCpuUsage(thread));
    const wholeMicros = sum(process.cpuUsage(whole));
    const after = machineTimes();
    return {
      elapsedMs: elapsedMicros / 1000,
      threadMicros,
      threadShare: threadMicros / elapsedMicros,
      otherShare: Math.max(0, wholeMicros - threadMicros) / elapsedMicros,
      machineShare: 1 - (after.idle - machine.idle) / Math.max(1, after.total - machine.total),
    };
  };
}

const sum = (usage: { readonly user: number; readonly system: number }): number => usage.user + usage.system;

function machineTimes(): { readonly idle: number; readonly total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, total };
}
