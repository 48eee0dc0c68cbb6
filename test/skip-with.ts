import type { TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Why a test cannot run here. `npm test` prints it; a test skipped without one counts as failed. */
    skipReason?: string;
  }
}

/** Ends the test as skipped, for a reason that holds for this machine. */
export function skipWith(context: TestContext, reason: string): never {
  context.task.meta.skipReason = reason;
  return context.skip(reason);
}
