import type { Worker } from "node:worker_threads";
import { Connection } from "./connection.ts";
import type { LaneStore, StoreVerb } from "./lane-store.ts";
import { packFiring } from "./packed-firing.ts";
import type { StoreEvent } from "./store-calls.ts";

/** Each message wakes a thread and is a transaction; two hundred a second leave both free for other things. */
export const GATHER_MS = 5;

/** A lane store whose verbs are carried out by a worker thread. */
export function remoteStore(startWorker: () => Worker): LaneStore {
  let hear: Parameters<NonNullable<LaneStore["onSetAside"]>>[0] = () => undefined;
  const connection = new Connection<StoreVerb, StoreEvent>(startWorker, ({ setAside }) => hear(setAside));
  return {
    gatherMs: GATHER_MS,
    onSetAside: (told) => void (hear = told),
    lost: connection.lost,
    open: (...args) => connection.open("open", args),
    accept: async (reports) => connection.ask("accept", [reports.map((report) => report.map(packFiring))]),
    ...askedVerbs((verb, args) => connection.ask(verb, args)),
    async close() {
      await connection.close("close", []).catch((error: unknown) => {
        // A thread that has ended holds the file no longer.
        if (error !== connection.broken) throw error;
      });
    },
  };
}

/** What needs nothing packed and leaves the store open. */
export type AskedVerb = Exclude<StoreVerb, "open" | "accept" | "close">;

/** The verbs that go to whoever is asked as they are. */
export function askedVerbs(
  asked: (verb: AskedVerb, args: readonly unknown[]) => Promise<unknown>,
): Pick<LaneStore, AskedVerb> {
  const ask =
    <Verb extends AskedVerb>(verb: Verb) =>
    (...args: Parameters<LaneStore[Verb]>): ReturnType<LaneStore[Verb]> =>
      asked(verb, args) as ReturnType<LaneStore[Verb]>;
  return {
    lease: ask("lease"),
    stage: ask("stage"),
    settle: ask("settle"),
    shortenQuiet: ask("shortenQuiet"),
    handBack: ask("handBack"),
    wake: ask("wake"),
    makeDue: ask("makeDue"),
    nextDue: ask("nextDue"),
    owed: ask("owed"),
    expireParked: ask("expireParked"),
    forgetProgress: ask("forgetProgress"),
    announcements: ask("announcements"),
    acknowledge: ask("acknowledge"),
    keepToken: ask("keepToken"),
    sealedToken: ask("sealedToken"),
    dropToken: ask("dropToken"),
    remembered: ask("remembered"),
    inspect: ask("inspect"),
    ended: ask("ended"),
    deadLetters: ask("deadLetters"),
    requeue: ask("requeue"),
    discard: ask("discard"),
    setAside: ask("setAside"),
    dropSetAside: ask("dropSetAside"),
    forgetUser: ask("forgetUser"),
    purge: ask("purge"),
    backup: ask("backup"),
    stands: ask("stands"),
  };
}
