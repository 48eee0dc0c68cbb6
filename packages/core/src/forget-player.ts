import type { Delivery } from "./delivery/outbox.ts";
import { QuestlineError } from "./errors/questline-error.ts";
import type { Identity } from "./identity/identity.ts";
import { asUserId, shownId } from "./ids/ids.ts";
import type { Users } from "./questline.ts";
import type { LaneStore } from "./store/lane-store.ts";
import type { TokenVault } from "./token-vault.ts";

export interface ForgetPlayerParts {
  readonly app: string;
  readonly store: Pick<LaneStore, "forgetUser">;
  readonly outbox: Pick<Delivery, "forgetProgress" | "take">;
  readonly identity: Pick<Identity, "forgetUser">;
  readonly tokens: Pick<TokenVault, "withoutKeeping">;
  readonly ready: Promise<void>;
  /** The newer Questline over the same file, which forgets for both. */
  readonly successor: () => { readonly users: Pick<Users, "forget"> } | undefined;
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
    const { app, store, outbox, identity, tokens, ready, successor } = this.#parts;
    const newer = successor();
    if (newer !== undefined) return newer.users.forget(userId, { owedToo });
    const user = asUserId(userId);
    if (user === undefined)
      throw new QuestlineError("bad_input", `users.forget: the user id must be decimal text, not ${shownId(userId)}.`);
    await ready;
    // Goes the way of every report, behind those that were made before: they are in the store when it is answered.
    await new Promise<void>((resolve) => outbox.take([], () => resolve()));
    await tokens.withoutKeeping(user, async () => {
      const { forgotten, owed, inFlight } = await store.forgetUser(app, user, owedToo);
      if (!forgotten) throw stillOwed(owed, inFlight);
      identity.forgetUser(user);
    });
    await outbox.forgetProgress(app, user);
    await this.#tell(user);
  }

  /** The newer Questline has deleted what the store held of this player. */
  async forgotten(user: string): Promise<void> {
    this.#parts.identity.forgetUser(user);
    await this.#tell(user);
  }

  async #tell(user: string): Promise<void> {
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
