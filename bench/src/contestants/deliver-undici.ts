import { Pool } from "undici";
import type { Contestant, Setup } from "../contestant.ts";
import { deliveryRound } from "../measure/delivery-round.ts";
import { CONCURRENCY, eachAtOnce, scoreRequest } from "../score-request.ts";

/** `undici.request` on 64 sockets, 64 at once, answers read: nothing kept, nothing repeated. */
export async function start({ platformUrl, quick }: Setup): Promise<Contestant> {
  const pool = new Pool(platformUrl, { connections: CONCURRENCY });
  const results = quick ? 2_000 : 10_000;
  return {
    round: () =>
      deliveryRound(results, () =>
        eachAtOnce(results, CONCURRENCY, async (n) => {
          const { path, ...request } = scoreRequest(n);
          const { body } = await pool.request({ path, ...request });
          await body.json();
        }),
      ),
    close: () => pool.close(),
  };
}
