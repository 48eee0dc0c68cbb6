import { join } from "node:path";
import type { Receipt } from "@questline/core";
import type { Contestant, Setup } from "../contestant.ts";
import { openGame, userId } from "../game.ts";
import { watchCpu } from "../measure/cpu-shares.ts";

const PER_LANE = 100;
const PER_TURN = 100;
/** Reports whose answer is awaited together, so that neither side's queue is what is measured. */
const UNANSWERED = 2_000;

/**
 * Reports with an id of their own (a once key each) until all are durable. `merged`: a hundred of them per lane;
 * `new-lanes`: each makes a lane. They are counters in mid-match, so nothing is sent while this is measured.
 */
export async function start({ folder, platformUrl, quick, variant }: Setup): Promise<Contestant> {
  const events = quick ? 6_000 : 20_000;
  const perLane = variant === "merged" ? PER_LANE : 1;
  // Below /silent, what becomes due between rounds stays where it is.
  const game = openGame(join(folder, "accept.db"), `${platformUrl}/silent`);
  await game.ready;
  let players = 0;
  return {
    async round(number) {
      const match = game.match(`accept-${number}`);
      const cpu = watchCpu();
      let unanswered: Receipt[] = [];
      for (let event = 0; event < events; event += 1) {
        const player = userId(players + Math.floor(event / perLane));
        unanswered.push(match.report(player, "kill", { n: 1 }, { id: `e${event}` }));
        if (unanswered.length === UNANSWERED || event === events - 1) {
          await allAccepted(unanswered);
          unanswered = [];
        } else if (event % PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      const used = cpu();
      players += events;
      return { ...used, perSecond: (events / used["elapsedMs"]!) * 1000, threadMicros: used["threadMicros"]! / events };
    },
    close: async () => void (await game.close({ timeoutMs: 1 })),
  };
}

async function allAccepted(receipts: readonly Receipt[]): Promise<void> {
  for (const durable of await Promise.all(receipts.map((receipt) => receipt.durable))) {
    if (durable.status !== "accepted") throw new Error(`A report was not accepted: ${JSON.stringify(durable)}`);
  }
}
