import { schema, t, type SchemaType } from "@colyseus/schema";

export const ArenaPlayer = schema(
  {
    alias: t.string().default(""),
    kills: t.uint8().default(0),
    points: t.int32().default(0),
    /** How long this round's twelve kills took, in milliseconds; 0 while hunting. */
    timeMs: t.uint32().default(0),
  },
  "ArenaPlayer",
);
export type ArenaPlayer = SchemaType<typeof ArenaPlayer>;

export const ArenaState = schema(
  {
    round: t.uint16().default(0),
    map: t.uint8().default(0),
    players: t.map(ArenaPlayer),
  },
  "ArenaState",
);
export type ArenaState = SchemaType<typeof ArenaState>;
