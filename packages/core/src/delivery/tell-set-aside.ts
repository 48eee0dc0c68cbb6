import type { Logger } from "../runtime/log.ts";
import type { SetAside } from "../store/lane-records.ts";

/** Named one by one; of a file in which very much is damaged, the rest by number. */
const NAMED = 20;

/** Says what the store could not read: loudly, for it is a player's. */
export function tellSetAside(rows: readonly SetAside[], logger: Logger): void {
  for (const { id, what, app, user, target, match, why } of rows.slice(0, NAMED)) {
    const message =
      "A row of the store could not be read. It is set aside (questline.setAside.list()); everything else goes on.";
    logger.error({ id, what, app, user, target: target?.name, match, why }, message);
  }
  const more = rows.length - NAMED;
  if (more > 0) logger.error({ more }, "More rows of the store could not be read; they are set aside, too.");
}
