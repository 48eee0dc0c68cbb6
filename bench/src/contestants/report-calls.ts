import { join } from "node:path";
import type { Contestant, Setup } from "../contestant.ts";
import { openGame, userId } from "../game.ts";
import { percentile } from "../measure/statistics.ts";
import { watchCpu } from "../measure/cpu-shares.ts";

const PLAYERS = 100;
const PACE_MS = 2;

/** Times each call of `report` with three rules: whole matches at once, then one call every other millisecond. */
export async function start({ folder, platformUrl, quick }: Setup): Promise<Contestant> {
  const game = openGame(join(folder, "report.db"), platformUrl);
  await game.ready;
  const bursts = quick ? 30 : 100;
  const paced = quick ? 300 : 1_000;

  const reportOne = (match: string, player: number, times: number[]) => {
    const end = { won: player % 2 === 0, timeMs: 60_000 + player };
    const started = performance.now();
    const receipt = game.match(match).report(userId(player), "matchEnded", end);
    times.push((performance.now() - started) * 1000);
    return receipt;
  };

  /** What the machine takes for next to nothing after a pause: its caches are somebody else's by then. */
  const stringifyOne = (player: number, times: number[]): void => {
    const end = { won: player % 2 === 0, timeMs: 60_000 + player };
    const started = performance.now();
    JSON.stringify(end);
    times.push((performance.now() - started) * 1000);
  };

  return {
    async round(number) {
      const inBursts: number[] = [];
      const cpu = watchCpu();
      for (let burst = 0; burst < bursts; burst += 1) {
        const match = `burst-${number}-${burst}`;
        let last = reportOne(match, 0, inBursts);
        for (let player = 1; player < PLAYERS; player += 1) last = reportOne(match, player, inBursts);
        await last.durable;
      }
      const { threadMicros = 0 } = cpu();
      await game.flush();
      const onePaced: number[] = [];
      const reference: number[] = [];
      for (let call = 0; call < paced; call += 1) {
        await new Promise((resolve) => setTimeout(resolve, PACE_MS));
        if (call % 2 === 0) reportOne(`paced-${number}-${call}`, call % PLAYERS, onePaced);
        else stringifyOne(call, reference);
      }
      await game.flush();
      return {
        burstP50: percentile(inBursts, 0.5),
        burstP99: percentile(inBursts, 0.99),
        pacedP50: percentile(onePaced, 0.5),
        pacedP99: percentile(onePaced, 0.99),
        referenceP50: percentile(reference, 0.5),
        referenceP99: percentile(reference, 0.99),
        threadMicros: threadMicros / inBursts.length,
      };
    },
    close: async () => void (await game.close({ timeoutMs: 100 })),
  };
}
