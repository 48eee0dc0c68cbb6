import { QuestlineError } from "../errors/questline-error.ts";
import type { LaneStore, StoreVerb } from "./lane-store.ts";
import { askedVerbs, GATHER_MS } from "./remote-store.ts";
import type { SqliteCalls } from "./sqlite-calls.ts";

interface Asked {
  readonly verb: StoreVerb;
  readonly args: readonly unknown[];
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** A lane store for the thread that holds the file. What is asked in one go shares a transaction. */
export function directStore(calls: SqliteCalls): LaneStore {
  let waiting: Asked[] = [];

  const carryOut = (): void => {
    const together = waiting;
    waiting = [];
    const answers = calls.answer(together.map(({ verb, args }, id) => ({ id, verb, args })));
    for (const answer of answers) {
      const asked = together[answer.id];
      if (answer.ok) asked?.resolve(answer.result as never);
      else asked?.reject(new QuestlineError(answer.code, answer.message));
    }
  };
  const ask = (verb: StoreVerb, args: readonly unknown[]): Promise<never> =>
    new Promise((resolve, reject) => {
      if (waiting.push({ verb, args, resolve, reject }) === 1) queueMicrotask(carryOut);
    });

  return {
    gatherMs: GATHER_MS,
    open: (...args) => ask("open", args),
    accept: (...args) => ask("accept", args),
    ...askedVerbs(ask),
    close: () => ask("close", []),
  };
}
