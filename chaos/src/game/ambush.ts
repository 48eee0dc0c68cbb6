import type { Ambush, KillPoint } from "../wire.ts";
import { tell } from "./tell.ts";

/**
 * A probe that announces itself and then kills or stops its own process, at the chosen pass of a point. All points
 * are passed in the thread that stores and delivers.
 */
export function ambushing(ambushes: readonly Ambush[]): (point: KillPoint) => void {
  const passes = new Map<KillPoint, number>();
  return (point) => {
    const pass = (passes.get(point) ?? 0) + 1;
    passes.set(point, pass);
    for (const { point: where, nth, does } of ambushes) {
      if (where !== point || nth !== pass) continue;
      tell({ t: "at", point, does });
      process.kill(process.pid, does === "kill" ? "SIGKILL" : "SIGSTOP");
    }
  };
}
