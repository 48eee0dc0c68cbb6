import { ArraySchema, MapSchema, Schema, type } from "@colyseus/schema";

/** The board as it is written with the schema package of Colyseus 0.17. */
export class NoughtsState extends Schema {
  @type(["uint8"]) cells = new ArraySchema<number>();
  @type({ map: "uint8" }) players = new MapSchema<number>();
  @type("string") turn = "";
  @type("string") winner = "";
  @type("boolean") draw = false;
}
