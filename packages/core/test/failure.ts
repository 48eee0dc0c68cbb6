import { expect } from "vitest";
import type { GraphError } from "../src/errors/graph-error.ts";

/** What a call was rejected with; fails if it was not. */
export const failure = async (sent: Promise<unknown>): Promise<GraphError> =>
  sent.then(
    () => expect.unreachable("it was answered"),
    (error: unknown) => error as GraphError,
  );
