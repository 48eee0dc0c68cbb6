import type { LaneStore } from "./lane-store.ts";
import { laneVerbs } from "./lane-verbs.ts";
import type { LaneVerbs } from "./lane-verbs.ts";
import { MemoryTables } from "./memory-tables.ts";
import { notOpen } from "./not-open.ts";

/**
 * Lanes in this process's memory: for tests, and for games that accept losing what is owed when the process ends.
 * Opening it again is a take-over by another incarnation; opening it after `close` finds what it held.
 */
export function memoryStore(): LaneStore {
  const verbs = laneVerbs(new MemoryTables());
  let state: "new" | "open" | "closed" = "new";

  const run =
    <Verb extends keyof LaneVerbs>(verb: Verb) =>
    async (...args: Parameters<LaneVerbs[Verb]>): Promise<ReturnType<LaneVerbs[Verb]>> => {
      if (state !== "open" && verb !== "open") throw notOpen(state);
      const call = verbs[verb] as (...args: Parameters<LaneVerbs[Verb]>) => ReturnType<LaneVerbs[Verb]>;
      const result = call(...args);
      if (verb === "open") state = "open";
      return result;
    };

  return {
    open: run("open"),
    accept: run("accept"),
    lease: run("lease"),
    stage: run("stage"),
    settle: run("settle"),
    wake: run("wake"),
    makeDue: run("makeDue"),
    nextDue: run("nextDue"),
    owed: run("owed"),
    inspect: run("inspect"),
    ended: run("ended"),
    deadLetters: run("deadLetters"),
    requeue: run("requeue"),
    discard: run("discard"),
    purge: run("purge"),
    close: async () => {
      state = "closed";
    },
  };
}
