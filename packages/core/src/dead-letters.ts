import type { Delivery } from "./delivery/outbox.ts";
import { QuestlineError } from "./errors/questline-error.ts";
import { accumulates } from "./intent/lane-value.ts";
import type { DeadLetters } from "./questline.ts";
import type { Clock } from "./runtime/clock.ts";
import type { LaneStore } from "./store/lane-store.ts";

/** The dead letters of one app, for people. */
export function deadLetters(parts: {
  readonly app: string;
  readonly store: LaneStore;
  readonly outbox: Pick<Delivery, "kick">;
  readonly clock: Clock;
  readonly ready: Promise<void>;
}): DeadLetters {
  const { app, store, outbox, clock, ready } = parts;
  const all = async (): ReturnType<LaneStore["deadLetters"]> => {
    await ready;
    return (await store.deadLetters()).filter((letter) => letter.key.app === app);
  };
  const show: DeadLetters["show"] = async (id) => (await all()).find((letter) => letter.id === id);
  return {
    list: async ({ userId, reason } = {}) =>
      (await all()).filter(
        (letter) => (userId ?? letter.key.user) === letter.key.user && (reason ?? letter.reason) === letter.reason,
      ),
    show,
    async requeue(id, choice) {
      const letter = await show(id);
      if (letter?.maybeApplied === true && accumulates(letter.value) && choice?.maybeApplied !== "send-again") {
        const advice = 'say { maybeApplied: "send-again" } if it did not arrive, or discard it if it did';
        throw new QuestlineError("bad_input", `Dead letter ${id} may have been applied already: ${advice}.`);
      }
      const requeued = letter !== undefined && (await store.requeue(id, clock.now()));
      outbox.kick();
      return requeued;
    },
    discard: async (id) => (await show(id)) !== undefined && store.discard(id),
  };
}
