import * as z from "zod";

/**
 * The schema of one object that some pages show bare, some as `{ data: { … } }` and some as `{ data: [{ … }] }`:
 * attestation and device bans, and federated users read by persistent id.
 */
export function unwrapped<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess(inner, schema) as unknown as z.ZodType<T>;
}

function inner(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null || !("data" in answer)) return answer;
  return Array.isArray(answer.data) ? answer.data[0] : answer.data;
}
