import { join } from "node:path";
import type { Contestant, Setup } from "../contestant.ts";
import { openGame, userId } from "../game.ts";
import { percentile } from "../measure/statistics.ts";

const PLAYERS = 8;

/**
 * Matches of eight that end one after another, each while results of those before are being delivered: how long from the
 * match end until all of it is durable. `alone`: one every 100 ms; `busy`: one every 5 ms.
 */
export async function start({ folder, platformUrl, quick, variant }: Setup): Promise<Contestant> {
  const game = openGame(join(folder, "window.db"), platformUrl);
  await game.ready;
  const everyMs = variant === "busy" ? 5 : 100;
  const matches = (quick ? 1_000 : 3_000) / everyMs;
  let ended = 0;

  const endMatch = async (): Promise<number> => {
    const match = game.match(`window-${(ended += 1)}`);
    const at = performance.now();
    const receipts = Array.from({ length: PLAYERS }, (_, seat) =>
      match.report(userId(ended * PLAYERS + seat), "matchEnded", { won: seat === 0, timeMs: 60_000 + ended }),
    );
    for (const { status } of await Promise.all(receipts.map(({ durable }) => durable)))
      if (status !== "accepted") throw new Error(`A report was ${status}.`);
    return performance.now() - at;
  };

  return {
    async round() {
      const windows: Promise<number>[] = [];
      for (let match = 0; match < matches; match += 1) {
        windows.push(endMatch());
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
      const ms = await Promise.all(windows);
      await game.flush();
      return { p50: percentile(ms, 0.5), p99: percentile(ms, 0.99), max: Math.max(...ms) };
    },
    close: async () => void (await game.close({ timeoutMs: 100 })),
  };
}
