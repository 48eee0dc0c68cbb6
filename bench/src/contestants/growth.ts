import { statSync } from "node:fs";
import { join } from "node:path";
import type { Contestant, Measures, Setup } from "../contestant.ts";
import { openGame, userId } from "../game.ts";
import { watchCpu } from "../measure/cpu-shares.ts";
import { settledHeap } from "../measure/settled-heap.ts";

const PLAYERS = 100;
const BATCH = 1_000;
const EVENTS = ["kill", "hit", "save"] as const;

/** Counters in mid-match on three hundred lanes, and what a report and the process cost after ever more of them. */
export async function start({ folder, platformUrl, quick }: Setup): Promise<Contestant> {
  const marks = quick ? [1_000, 10_000, 50_000] : [1_000, 10_000, 100_000, 1_000_000];
  const file = join(folder, "growth.db");
  const game = openGame(file, platformUrl);
  await game.ready;
  const match = game.match("growth");

  const reportMany = async (many: number): Promise<void> => {
    for (let done = 0; done < many; done += BATCH) {
      let last = match.report(userId(0), "kill", { n: 1 });
      for (let n = 1; n < BATCH; n += 1) last = match.report(userId(n % PLAYERS), EVENTS[n % 3] ?? "kill", { n: 1 });
      await last.durable;
    }
  };

  return {
    async round() {
      // Until both threads' heaps have the size that this rate wants.
      await reportMany((quick ? 20 : 200) * BATCH);
      const measures: Record<string, number> = {};
      let reported = 0;
      for (const mark of marks) {
        const cpu = watchCpu();
        await reportMany(mark - reported);
        const { threadMicros = Number.NaN, elapsedMs = Number.NaN } = cpu();
        const place = `at1e${Math.round(Math.log10(mark) * 10) / 10}`;
        measures[`${place}Micros`] = threadMicros / (mark - reported);
        measures[`${place}PerSecond`] = ((mark - reported) / elapsedMs) * 1000;
        measures[`${place}HeapMb`] = (await settledHeap()) / 1e6;
        measures[`${place}RssMb`] = process.memoryUsage.rss() / 1e6;
        reported = mark;
      }
      return { ...measures, ...(await requests(reported)), ...ratios(measures) };
    },
    close: async () => void (await game.close({ timeoutMs: 100 })),
  };

  async function requests(reported: number): Promise<Measures> {
    await game.flush();
    const { attemptsStarted, reads } = game.stats();
    return { requests: attemptsStarted + reads, events: reported, fileMb: statSync(file).size / 1e6 };
  }
}

/** The last mark by the second: the first thousand are too few to be measured well. */
function ratios(measures: Measures): Measures {
  const by = (suffix: string): number => {
    const values = Object.entries(measures).filter(([name]) => name.startsWith("at1e") && name.endsWith(suffix));
    return (values.at(-1)?.[1] ?? Number.NaN) / (values[1]?.[1] ?? Number.NaN);
  };
  return { costRatio: by("Micros"), heapRatio: by("HeapMb"), rssRatio: by("RssMb") };
}
