import { z } from "zod";
import { pastPlayerSchema, type PastPlayer } from "./returning.ts";
import { plainTallySchema, type PlainTally, type Tallies } from "./tally.ts";

/** What the plugin keeps of a running round over a devMode restart; plain JSON. */
export interface RoomCache {
  readonly matchId?: string | undefined;
  readonly players: readonly PastPlayer[];
  readonly tallies: readonly PlainTally[];
}

// An older version of the plugin may have written it.
const roomCacheSchema: z.ZodType<RoomCache> = z.object({
  matchId: z.string().min(1).optional().catch(undefined),
  players: z.array(pastPlayerSchema).catch([]),
  tallies: z.array(plainTallySchema).catch([]),
});

/** Of a round with these players, as it is now. */
export function roomCache(matchId: string, players: readonly PastPlayer[], tallies: Tallies): RoomCache {
  return { matchId, players, tallies: tallies.plain(players.map(({ userId }) => userId)) };
}

/** Reads what a room's earlier life wrote, or undefined. */
export function readRoomCache(cached: unknown): RoomCache | undefined {
  return roomCacheSchema.safeParse(cached).data;
}
