import { type Random, seededRandom } from "../runtime/random.ts";
import { bitfields } from "./catalogue.ts";
import type { PlannedEvent } from "./events.ts";

/** Users of one outbox that play at the same time. */
export const USERS_AT_ONCE = 8;
/** After so many matches the longest there leaves for a new user. */
const MATCHES_PER_NEW_USER = 5;
const HITS = 4;

/** App-scoped ids, above 2^53 as real ones are. Each belongs to one outbox. */
export function userId(outbox: number, index: number): string {
  return String(72_057_594_037_930_000n + BigInt(outbox) * 1_000_000n + BigInt(index));
}

/** How many users there are once match `index` is played. */
export function usersBy(index: number): number {
  return USERS_AT_ONCE + Math.floor(index / MATCHES_PER_NEW_USER);
}

/** What the match with this index holds: one user's events, in order. The seed alone decides. */
export function matchEvents(seed: number, outbox: number, index: number): readonly PlannedEvent[] {
  const random = seededRandom(seed, outbox, index);
  const user = userId(outbox, usersBy(index) - 1 - random.whole(0, USERS_AT_ONCE - 1));
  const match = `m-${seed}-${outbox}-${index}`;
  const hits = Array.from({ length: random.whole(1, HITS) }, (_, n) => hit(random, match, user, n));
  return [...hits, matchEnd(random, match, user)];
}

function hit(random: Random, match: string, user: string, n: number): PlannedEvent {
  const kill = random.next() < 0.6;
  const payload = {
    shots: random.whole(1, 9),
    gems: random.next() < 0.5 ? random.whole(1, 3) : 0,
    kill,
    headshot: kill && random.next() < 0.4,
  };
  return { match, user, event: "hit", id: `h${n}`, payload };
}

function matchEnd(random: Random, match: string, user: string): PlannedEvent {
  const { EVERY_MAP, EMBLEMS } = bitfields;
  const finished = random.next() < 0.6;
  const payload = {
    won: random.next() < 0.3,
    steps: random.whole(1, 500),
    map: random.whole(0, EVERY_MAP.length - 1),
    emblems: [random.whole(0, EMBLEMS.length - 2), EMBLEMS.length - 1],
    points: random.whole(1, 1_000_000),
    ...(finished ? { timeMs: random.whole(10_000, 1_000_000) } : {}),
    rank: random.whole(1, 1_000_000),
    rankForced: random.next() < 0.4,
  };
  return { match, user, event: "matchEnded", id: "", payload };
}
