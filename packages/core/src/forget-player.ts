import type { Delivery } from "./delivery/outbox.ts";
import { QuestlineError } from "./errors/questline-error.ts";
import type { Identity } from "./identity/identity.ts";
import { asUserId, shownValue } from "./ids/ids.ts";
import type { Logger } from "./runtime/log.ts";
import type { LaneStore } from "./store/lane-store.ts";

export interface ForgetPlayerParts {
  readonly app: string;
  readonly store: Pick<LaneStore, "forgetUser">;
  readonly outbox: Pick<Delivery, "forgetProgress">;
  readonly identity: Pick<Identity, "forgetUser">;
  readonly ready: Promise<void>;
  readonly logger: Logger;
}

/** Whoever keeps more of a player than Questline does. */
export type ForgetListener = (userId: string) => unknown;

/** Deletes all that is kept of a player. */
export class PlayerForgetter {
  readonly #parts: ForgetPlayerParts;
  readonly #listeners = new Set<ForgetListener>();

  constructor(parts: ForgetPlayerParts) {
    this.#parts = parts;
  }

  listen(listener: ForgetListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async forget(userId: string, { owedToo = false }: { readonly owedToo?: boolean } = {}): Promise<void> {
    const { app, store, outbox, identity, ready } = this.#parts;
    const user = asUserId(userId);
    if (user === undefined)
      throw new QuestlineError(
        "bad_input",
        `users.forget: the user id must be decimal text, not ${shownValue(userId)}.`,
      );
    await ready;
    const { forgotten, owed, inFlight } = await store.forgetUser(app, user, owedToo);
    if (!forgotten) throw stillOwed(owed, inFlight);
    identity.forgetUser(user);
    await outbox.forgetProgress(app, user);
    // All are asked, also where one of them fails.
    const asked = await Promise.allSettled([...this.#listeners].map(async (listener) => listener(user)));
    const failed = asked.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  }
}

function stillOwed(owed: number, inFlight: number): QuestlineError {
  const what = `users.forget: ${owed} results of this player are still owed`;
  const then =
    inFlight > 0
      ? `, ${inFlight} of them being sent just now; nothing was deleted. Try again in a moment.`
      : " (dead letters included); nothing was deleted. Deliver or discard them, or give { owedToo: true }.";
  return new QuestlineError("still_owed", what + then);
}
