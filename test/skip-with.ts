import type { TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Why a test cannot run here. `npm test` prints it; a test skipped without one counts as failed. */
    skipReason?: string;
  }
}

/** For a `beforeEach`: every test is skipped where `isHere` is false. */
export const skipUnless =
  (isHere: boolean, reason: string) =>
  (context: TestContext): void => {
    if (!isHere) skipWith(context, reason);
  };

/** Ends the test as skipped, for a reason that holds for this machine. */
export function skipWith(context: TestContext, reason: string): never {
  context.task.meta.skipReason = reason;
  return context.skip(reason);
}
