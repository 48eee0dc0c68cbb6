import { closeSync, openSync } from "node:fs";
import { exitThread, holdThread, throwSoon } from "../runtime/thread.ts";
import type { Ambush, KillPoint } from "../wire.ts";
import { tell } from "./tell.ts";

/**
 * A probe that announces itself and then does to its own process, or to its own thread, what the parent decided, at the
 * chosen pass of a point. All points are passed in the thread that stores and delivers.
 *
 * @param mark a file beside which this process notes that its thread died: the next thread lives
 */
export function ambushing(ambushes: readonly Ambush[], mark: string): (point: KillPoint) => void {
  const passes = new Map<KillPoint, number>();
  return (point) => {
    const pass = (passes.get(point) ?? 0) + 1;
    passes.set(point, pass);
    for (const ambush of ambushes) {
      if (ambush.point === point && ambush.nth === pass) strike(ambush, mark);
    }
  };
}

function strike({ point, does }: Ambush, mark: string): void {
  if ((does === "exit" || does === "throw") && !isFirst(`${mark}-${process.pid}`)) return;
  tell({ t: "at", point, does });
  switch (does) {
    case "kill":
      return void process.kill(process.pid, "SIGKILL");
    case "stop":
      return void process.kill(process.pid, "SIGSTOP");
    case "hold":
      return holdThread();
    case "exit":
      return exitThread();
    case "throw":
      return throwSoon(`thrown at ${point}, on purpose`);
  }
}

function isFirst(path: string): boolean {
  try {
    closeSync(openSync(path, "wx"));
    return true;
  } catch {
    return false;
  }
}
