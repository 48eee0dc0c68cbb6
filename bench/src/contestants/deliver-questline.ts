import { join } from "node:path";
import type { Contestant, Setup } from "../contestant.ts";
import { openGame, userId } from "../game.ts";
import { fsyncMicros } from "../measure/fsync.ts";
import { deliveryRound } from "../measure/delivery-round.ts";

const BATCH = 1_000;

/**
 * Results made durable first, then sent: from `flush()` until all are settled. `scores`: one lane per player;
 * `counts`: three per player, each journalled before it is sent, after one read of the player's progress.
 */
export async function start({ folder, platformUrl, quick, variant }: Setup): Promise<Contestant> {
  const game = openGame(join(folder, "deliver.db"), platformUrl);
  await game.ready;
  const isScores = variant === "scores";
  const results = isScores ? (quick ? 2_000 : 10_000) : quick ? 900 : 3_000;
  let players = 0;

  const keep = async (): Promise<void> => {
    const match = game.match(`deliver-${players}`);
    for (let kept = 0; kept < results;) {
      const receipts = [];
      while (receipts.length < BATCH && kept + receipts.length < results) {
        const player = userId((players += 1));
        if (isScores) receipts.push(match.report(player, "scored", { score: players }));
        else for (const event of ["kill", "hit", "save"] as const) receipts.push(match.report(player, event, { n: 1 }));
      }
      await Promise.all(receipts.map((receipt) => receipt.durable));
      kept += receipts.length;
    }
  };

  return {
    async round() {
      await keep();
      const before = game.stats();
      const measures = await deliveryRound(results, () => game.flush());
      const after = game.stats();
      const delivered = after.delivered - before.delivered;
      if (delivered < results) throw new Error(`Only ${delivered} of ${results} were delivered.`);
      return { ...measures, readsPerResult: (after.reads - before.reads) / results, fsync: fsyncMicros(folder) };
    },
    close: async () => void (await game.close({ timeoutMs: 100 })),
  };
}
