import { inTurns } from "../runtime/soon.ts";
import type { Beat } from "./beat.ts";

/** Who waited for a write goes on at once, to send or to lease: so many of them cost a room less than a millisecond. */
const PER_TURN = 8;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns single writes into batches: what waits at a beat goes out together. `write` answers in the order it was given;
 * its failure fails every item of that batch and no other.
 */
export function gather<Item, Result>(
  beat: Beat,
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];

  const writeAll = (): void => {
    const batch = waiting;
    waiting = [];
    write(batch.map((entry) => entry.item)).then(
      (results) => inTurns(batch, PER_TURN, (entry, index) => entry.resolve(results[index] as Result)),
      (error: unknown) => batch.forEach((entry) => entry.reject(error)),
    );
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      beat.ask(writeAll);
    });
}
