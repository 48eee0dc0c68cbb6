import { QuestlineError } from "../errors/questline-error.ts";
import type { LaneStore } from "./lane-store.ts";
import { laneVerbs } from "./lane-verbs.ts";
import type { LaneVerbs } from "./lane-verbs.ts";
import { MemoryTables } from "./memory-tables.ts";
import { notOpen } from "./not-open.ts";
import { checkLimit, MAX_LANES } from "./store-limits.ts";

export interface MemoryStoreOptions {
  /** Lanes (a user's achievement or leaderboard) it takes; a report that needs more is refused. Default 1 000 000. */
  readonly maxLanes?: number;
}

/**
 * Lanes in this process's memory: for tests, and for games that accept losing what is owed when the process ends.
 * Opening it again is a take-over by another incarnation; opening it after `close` finds what it held.
 *
 * @throws QuestlineError `bad_input` for a limit that is none.
 */
export function memoryStore(options: MemoryStoreOptions = {}): LaneStore {
  const { maxLanes = MAX_LANES } = options;
  checkLimit("maxLanes", maxLanes, 1);
  return memoryStoreOf(laneVerbs(new MemoryTables(), { maxLanes }));
}

/** The store around verbs over tables in memory. */
export function memoryStoreOf(verbs: LaneVerbs): LaneStore {
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
    shortenQuiet: run("shortenQuiet"),
    handBack: run("handBack"),
    wake: run("wake"),
    makeDue: run("makeDue"),
    nextDue: run("nextDue"),
    owed: run("owed"),
    expireParked: run("expireParked"),
    forgetProgress: run("forgetProgress"),
    forgetUser: run("forgetUser"),
    announcements: run("announcements"),
    acknowledge: run("acknowledge"),
    keepToken: run("keepToken"),
    sealedToken: run("sealedToken"),
    dropToken: run("dropToken"),
    remembered: run("remembered"),
    inspect: run("inspect"),
    ended: run("ended"),
    deadLetters: run("deadLetters"),
    requeue: run("requeue"),
    discard: run("discard"),
    setAside: run("setAside"),
    dropSetAside: run("dropSetAside"),
    purge: run("purge"),
    backup: async () => {
      if (state !== "open") throw notOpen(state);
      throw new QuestlineError(
        "bad_input",
        "A memoryStore has no file to back up: what it holds ends with the process. Keep results in a sqliteStore.",
      );
    },
    stands: async () => {
      if (state !== "open") throw notOpen(state);
    },
    close: async () => {
      state = "closed";
    },
  };
}
