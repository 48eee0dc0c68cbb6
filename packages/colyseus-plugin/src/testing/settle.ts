import type { Questline } from "@questline/core";
import type { ManualClock } from "@questline/core/testing";
import type { Emulator } from "@questline/emulator";
import { pause } from "../runtime/clock.ts";

export interface Stage {
  readonly questline: Pick<Questline, "stats">;
  readonly emulator: Pick<Emulator, "requests">;
  readonly clock: ManualClock;
}

/** How much the clock moves in one step: far less than any time limit of a request. */
const STEP_MS = 100;
/** Real time in which requests travel between two steps. */
const PAUSE_MS = 2;

/**
 * Waits for what Questline does, moving its clock on while nothing travels: waits of the clock (windows, back-offs, quiet
 * periods) pass at once, and a request never runs out of time because a test was in a hurry.
 */
export async function whileClockRuns<T>(doing: Promise<T>, stage: Stage): Promise<T> {
  const end = { reached: false };
  const finished = (): void => void (end.reached = true);
  doing.then(finished, finished);
  let before = "";
  while (!end.reached) {
    await pause(PAUSE_MS);
    const now = traffic(stage);
    if (now === before && stage.emulator.requests.summary().pending === 0) await stage.clock.advance(STEP_MS);
    before = now;
  }
  return doing;
}

function traffic({ questline, emulator }: Stage): string {
  const { attemptsStarted, attemptsFinished, reads } = questline.stats();
  return [attemptsStarted, attemptsFinished, reads, emulator.requests.summary().total].join(" ");
}
