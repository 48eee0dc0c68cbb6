import type { Clock } from "../runtime/clock.ts";

/** Remembers events that were handled. Put it into a table or Redis where several processes receive. */
export interface SeenKeys {
  has(key: string): boolean | Promise<boolean>;
  /** Called once the event was handled; may be forgotten after `until`. */
  add(key: string, until: Date): void | Promise<void>;
}

/** For one process. Forgets the oldest beyond `most` keys, default 100 000. */
export function memorySeenKeys({ clock, most = 100_000 }: { readonly clock: Clock; readonly most?: number }): SeenKeys {
  const until = new Map<string, number>();
  return {
    has: (key) => (until.get(key) ?? 0) > clock.now(),
    add(key, at) {
      until.delete(key);
      until.set(key, at.getTime());
      for (const [oldest, end] of until) {
        if (until.size <= most && end > clock.now()) break;
        until.delete(oldest);
      }
    },
  };
}
