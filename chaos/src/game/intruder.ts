import { isQuestlineError } from "@questline/core";
import { obeyParent, readyWith } from "../child.ts";
import type { Intrusion, IntruderOrders } from "../wire.ts";
import { readLife } from "./life.ts";
import { openGame } from "./open-game.ts";

/** A second process that wants the file of a running game. */
obeyParent<IntruderOrders>({
  open: (): Promise<Intrusion> =>
    openGame(readLife()).ready.then(
      () => ({ opened: true }),
      (error: unknown) => ({ opened: false, reason: isQuestlineError(error) ? error.code : String(error) }),
    ),
});
readyWith({});
