import type { Platform, Unread } from "./platform.ts";
import type { AskedOf, RefusalWatch } from "./refusal-watch.ts";

/** A platform around a platform: lets `watch` hear of every answer. */
export function watchedPlatform(platform: Platform, watch: RefusalWatch): Platform {
  const heardRead = <Reading extends { readonly status: string } | Unread>(
    asked: AskedOf,
    reading: Reading,
  ): Reading => {
    if (isUnread(reading)) watch.failed(asked, reading);
    else watch.succeeded(asked);
    return reading;
  };
  return {
    onUsage: (listener) => platform.onUsage?.(listener),
    get known() {
      return platform.known;
    },
    definitions: () => platform.definitions(),
    hasToken: (user) => platform.hasToken(user),
    async deliver(write, signal) {
      const outcome = await platform.deliver(write, signal);
      const asked = { user: write.user, target: write.name };
      if (outcome.status === "retryable" || outcome.status === "ambiguous") {
        watch.failed(asked, outcome);
      } else watch.succeeded(asked);
      return outcome;
    },
    readProgress: async (user, signal) => heardRead({ user }, await platform.readProgress(user, signal)),
    readOne: async (user, name, signal) => heardRead({ user }, await platform.readOne(user, name, signal)),
  };
}

const isUnread = (reading: { readonly status: string }): reading is Unread => reading.status === "unread";
