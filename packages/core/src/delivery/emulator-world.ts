import type { Logger } from "../runtime/log.ts";

/** Ids that came before and may still be told, by an answer that was on its way. */
const MOST_EARLIER = 16;

/**
 * Hears which world of the emulator answered, and calls `changed` when it is another one. Meta's answers name no world, so
 * that none of this ever happens there.
 */
export function followWorld(logger: Logger, changed: () => void): (id: string) => void {
  let current: string | undefined;
  const earlier: string[] = [];
  return (id) => {
    if (id === current || earlier.includes(id)) return;
    const before = current;
    current = id;
    if (before === undefined) return;
    earlier.push(before);
    if (earlier.length > MOST_EARLIER) earlier.shift();
    const message =
      `The emulator's world was reset: ${before} -> ${id}; what the file says of players' progress is of the earlier one, ` +
      "and is read anew.";
    logger.warn({ before, now: id }, message);
    changed();
  };
}
