import { Queue, Worker } from "bullmq";
import { Pool } from "undici";
import type { Contestant, Setup } from "../contestant.ts";
import { deliveryRound } from "../measure/delivery-round.ts";
import { CONCURRENCY, scoreRequest } from "../score-request.ts";

/** Jobs added first, then a BullMQ worker with 64 at once sends each by `undici.request`. */
export async function start({ platformUrl, redisPort, quick }: Setup): Promise<Contestant> {
  const connection = { host: "127.0.0.1", port: redisPort ?? 0 };
  const results = quick ? 1_500 : 5_000;
  const pool = new Pool(platformUrl, { connections: CONCURRENCY });
  const queue = new Queue<number>("deliver", { connection });
  await queue.waitUntilReady();

  const send = async (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let left = results;
    const worker = new Worker<number>(
      "deliver",
      async ({ data }) => {
        const { path, ...request } = scoreRequest(data);
        await (await pool.request({ path, ...request })).body.json();
      },
      { connection, concurrency: CONCURRENCY },
    );
    worker.on("completed", () => {
      left -= 1;
      if (left === 0) resolve();
    });
    worker.on("failed", (_job, error) => reject(error));
    await promise.finally(() => worker.close());
  };

  return {
    async round() {
      const jobs = Array.from({ length: results }, (_, n) => ({ name: "score", data: n }));
      for (let added = 0; added < results; added += 500) await queue.addBulk(jobs.slice(added, added + 500));
      const measures = await deliveryRound(results, send);
      await queue.obliterate({ force: true });
      return measures;
    },
    close: async () => {
      await queue.close();
      await pool.close();
    },
  };
}
