import { Queue } from "bullmq";
import type { Contestant, Setup } from "../contestant.ts";
import { userId } from "../game.ts";
import { watchCpu } from "../measure/cpu-shares.ts";

const UNANSWERED = 2_000;

/** One `add` per event, with the event's identity as the job's id; many are under way together. */
export async function start({ redisPort, quick }: Setup): Promise<Contestant> {
  const events = quick ? 3_000 : 10_000;
  const queue = new Queue("accept", { connection: { host: "127.0.0.1", port: redisPort ?? 0 } });
  await queue.waitUntilReady();
  return {
    async round(number) {
      const cpu = watchCpu();
      for (let done = 0; done < events; done += UNANSWERED) {
        const adding = Array.from({ length: Math.min(UNANSWERED, events - done) }, (_, index) => {
          const event = done + index;
          return queue.add("kill", { user: userId(event), n: 1 }, { jobId: `accept-${number}-${event}` });
        });
        await Promise.all(adding);
      }
      const used = cpu();
      await queue.obliterate({ force: true });
      return { ...used, perSecond: (events / used["elapsedMs"]!) * 1000 };
    },
    close: () => queue.close(),
  };
}
