import type { Receipt } from "@questline/core";

/** The receipt of a report that never reached the outbox. */
export function refusedReceipt(reason: string): Receipt {
  return {
    get durable() {
      return Promise.resolve({ status: "refused", reason } as const);
    },
    get settled() {
      return Promise.resolve([]);
    },
  };
}
