import type { Contestant, Setup } from "../contestant.ts";
import { deliveryRound } from "../measure/delivery-round.ts";
import { CONCURRENCY, eachAtOnce, scoreRequest } from "../score-request.ts";

/** Global `fetch` by hand. `bounded`: 64 at once; `all-at-once`: one `Promise.all` over all of them. */
export async function start({ platformUrl, quick, variant }: Setup): Promise<Contestant> {
  const isBounded = variant === "bounded";
  const results = isBounded ? (quick ? 1_000 : 4_000) : quick ? 2_000 : 10_000;
  const send = async (n: number): Promise<void> => {
    const { path, ...request } = scoreRequest(n);
    await (await fetch(platformUrl + path, request)).json();
  };
  return {
    round: () => deliveryRound(results, () => eachAtOnce(results, isBounded ? CONCURRENCY : results, send)),
    close: async () => {},
  };
}
