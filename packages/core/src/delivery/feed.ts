import type { Logger } from "../runtime/log.ts";
import { errorText } from "../secrets/error-text.ts";

/** A one-way stream: listeners are called in order, and one that throws is logged and harms nobody. */
export interface Feed<Item> {
  emit(item: Item): void;
  /** Returns the way to stop listening. */
  listen(listener: (item: Item) => void): () => void;
}

export function createFeed<Item>(name: string, logger: Logger): Feed<Item> {
  const listeners = new Set<(item: Item) => void>();
  return {
    emit(item) {
      for (const listener of listeners) {
        try {
          listener(item);
        } catch (error) {
          logger.error({ feed: name, error: errorText(error) }, "A listener threw; the others go on.");
        }
      }
    },
    listen(listener) {
      const own = (item: Item): void => listener(item);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
