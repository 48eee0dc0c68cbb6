import type { LaneStore, StoreVerb } from "./lane-store.ts";
import { notOpen } from "./not-open.ts";
import { askedVerbs, GATHER_MS } from "./remote-store.ts";
import type { SqliteCalls } from "./sqlite-calls.ts";
import { errorOf } from "./store-calls.ts";

interface Asked {
  readonly verb: StoreVerb;
  readonly args: readonly unknown[];
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A lane store for the thread that holds the file. What is asked in one go shares a transaction. *new* until `open`
 * resolves; *open*; *closed* by `close`, and again *open* by `open`.
 */
export function directStore(calls: SqliteCalls): LaneStore {
  let waiting: Asked[] = [];
  let state: "new" | "open" | "closed" = "new";

  const carryOut = (): void => {
    const together = waiting;
    waiting = [];
    const answers = calls.answer(together.map(({ verb, args }, id) => ({ id, verb, args })));
    for (const answer of answers) {
      const asked = together[answer.id];
      if (answer.ok) asked?.resolve(answer.result as never);
      else asked?.reject(errorOf(answer));
    }
  };
  const carryOutSoon = <Result>(verb: StoreVerb, args: readonly unknown[]): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      if (waiting.push({ verb, args, resolve, reject }) === 1) queueMicrotask(carryOut);
    });
  const ask = <Result>(verb: StoreVerb, args: readonly unknown[]): Promise<Result> =>
    state === "open" ? carryOutSoon<Result>(verb, args) : Promise.reject(notOpen(state));

  return {
    gatherMs: GATHER_MS,
    onSetAside: (hear) => calls.onSetAside(hear),
    async open(...args) {
      const taken = await carryOutSoon<Awaited<ReturnType<LaneStore["open"]>>>("open", args);
      state = "open";
      return taken;
    },
    accept: (...args) => ask("accept", args),
    ...askedVerbs(ask),
    async close() {
      const was = state;
      state = "closed";
      if (was === "open") await carryOutSoon("close", []);
    },
  };
}
