import { join } from "node:path";
import type { Contestant, Setup } from "../contestant.ts";
import { openGame, userId } from "../game.ts";
import { settledHeap } from "../measure/settled-heap.ts";

const BATCH = 500;

/** What the game's heap grows by while results pile up for a platform that does not answer, bytes per report. */
export async function start({ folder, platformUrl, quick }: Setup): Promise<Contestant> {
  const game = openGame(join(folder, "backlog.db"), `${platformUrl}/silent`);
  await game.ready;
  const reports = quick ? 3_000 : 10_000;
  let players = 0;

  /** Every report is a player's first, so that three lanes stay behind it. */
  const pileUp = async (many: number): Promise<void> => {
    for (let done = 0; done < many; done += BATCH) {
      const match = game.match(`backlog-${players}`);
      const receipts = Array.from({ length: BATCH }, () =>
        match.report(userId((players += 1)), "matchEnded", { won: true, timeMs: 60_000 }),
      );
      await Promise.all(receipts.map((receipt) => receipt.durable));
    }
  };

  return {
    async round() {
      if (players === 0) await pileUp(2 * BATCH);
      const before = await settledHeap();
      await pileUp(reports);
      const after = await settledHeap();
      return { bytesPerReport: (after - before) / reports };
    },
    close: async () => void (await game.close({ timeoutMs: 100 })),
  };
}
