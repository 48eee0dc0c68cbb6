/** A function of the game's that is asked for each player's payload. */
export interface Asking<Player, Payload> {
  ask(player: Player): Payload;
  /** It answered, and never with a payload: as without a `return`. */
  gaveNothing(): boolean;
}

export function asking<Player, Payload>(payloadFor: (player: Player) => Payload): Asking<Player, Payload> {
  let asked = 0;
  let given = 0;
  return {
    ask(player) {
      const payload = payloadFor(player);
      asked++;
      if (payload !== undefined && payload !== null) given++;
      return payload;
    },
    gaveNothing: () => asked > 0 && given === 0,
  };
}
