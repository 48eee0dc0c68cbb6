import type { Arena } from "./arena.ts";
import type { DemoArguments } from "./arguments.ts";
import type { EmulatorControl } from "./emulator-control.ts";
import type { Ledger, LedgerLine } from "./ledger.ts";
import type { DemoPlayer } from "./seed.ts";

/** Per player and match: twelve kills and the end. */
const EVENTS_PER_MATCH = 13;

export interface TroubleParts {
  readonly options: DemoArguments;
  readonly players: readonly DemoPlayer[];
  readonly ledger: Ledger;
  readonly arena: Arena;
  readonly control: EmulatorControl;
}

export interface Trouble {
  /** Rejects when making trouble failed; never resolves. */
  readonly failure: Promise<never>;
  /** Resolves when all trouble that began has ended. */
  over(): Promise<void>;
}

/** What happens to a run on purpose: tokens that stop working while they are needed, and the kill. */
export function planTrouble({ options, players, ledger, arena, control }: TroubleParts): Trouble {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const begun: Promise<unknown>[] = [];
  const begin = (trouble: Promise<unknown>): void => {
    begun.push(trouble);
    trouble.catch(failure.reject);
  };
  const once = (when: (line: LedgerLine) => boolean, then: (line: LedgerLine) => Promise<unknown>): void => {
    let done = false;
    ledger.onLine((line) => {
      if (done || !when(line)) return;
      done = true;
      begin(then(line));
    });
  };

  // One in the middle of the first match, so that its end needs a new one; another at the end of it.
  const [early, late] = players.filter(({ proof }) => proof !== "nonce");
  for (const [player, event] of [
    [early, "kill"],
    [late, "matchEnded"],
  ] as const) {
    if (player === undefined) continue;
    once(
      ({ user, event: happened }) => user === player.user && happened === event,
      () => control.revokeTokens(player.user),
    );
  }

  const all = options.matches * options.players * EVENTS_PER_MATCH;
  if (options.sabotage === "ack-before-commit") {
    once(
      ({ type }) => type === "accepted" && ledger.events >= all / 4,
      ({ match }) => arena.restart("SIGKILL", match),
    );
  } else if (options.kill) {
    // While a match ends: the first of its players is being reported.
    const ending = (share: number) => (line: LedgerLine) =>
      line.event === "matchEnded" && line.type === "planned" && ledger.events >= all * share;
    once(ending(1 / 3), async ({ match: killed }) => {
      await arena.restart("SIGKILL", killed);
      once(ending(2 / 3), ({ match }) => arena.restart("SIGTERM", match));
    });
  }
  return {
    failure: failure.promise,
    async over() {
      await Promise.all(begun);
    },
  };
}
