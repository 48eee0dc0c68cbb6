import { userId } from "./game.ts";

/** As many requests at once as Questline sends by default. */
export const CONCURRENCY = 64;

/** The request that Questline sends for a score, by hand. */
export function scoreRequest(n: number) {
  return {
    path: "/leaderboard_submit_entry",
    method: "POST",
    headers: {
      accept: "application/json",
      authorization: "Bearer OC|1|test-secret",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: `api_name=HIGH_SCORE&score=${n}&user_id=${userId(n)}`,
  } as const;
}

/** Runs `step` for 0 to `count - 1`, `width` at a time. */
export async function eachAtOnce(count: number, width: number, step: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const walk = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await step(n);
  };
  await Promise.all(Array.from({ length: width }, walk));
}
