import type { StreakStore } from "./streak-store.ts";

/** What a room remembers of users' streaks. */
export interface ForgetfulRoom {
  /** Called once the store has forgotten the user. */
  forget(userId: string): void;
}

/** Who keeps streaks in this process: stores for as long as it lives, rooms until nobody else holds them. */
export class StreakKeepers {
  readonly #stores = new Set<Pick<StreakStore, "forget">>();
  readonly #rooms = new Set<WeakRef<ForgetfulRoom>>();
  readonly #gone = new FinalizationRegistry<WeakRef<ForgetfulRoom>>((room) => this.#rooms.delete(room));

  add(store: Pick<StreakStore, "forget">, room: ForgetfulRoom): void {
    this.#stores.add(store);
    const held = new WeakRef(room);
    this.#rooms.add(held);
    this.#gone.register(room, held);
  }

  /** Rejects with the failure of a store, after all were asked. */
  async forget(userId: string): Promise<void> {
    const asked = await Promise.allSettled([...this.#stores].map(async (store) => store.forget?.(userId)));
    for (const room of this.#rooms) room.deref()?.forget(userId);
    const failed = asked.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  }
}
