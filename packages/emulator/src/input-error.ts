import type { z } from "zod";

/** A seed, fault, switch or control request that cannot be used. `path` says where, the message what to do. */
export class EmulatorInputError extends Error {
  override readonly name = "EmulatorInputError";
  /** Where in the input, such as `seed.apps[0].id`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
  }
}

/** @throws EmulatorInputError for the first problem found. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, path: string): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue === undefined) throw new EmulatorInputError(path, "is not valid");
  throw new EmulatorInputError(pathText(path, issue.path), problemText(issue));
}

function pathText(root: string, keys: readonly PropertyKey[]): string {
  let text = root;
  for (const key of keys) text += typeof key === "number" ? `[${key}]` : `.${String(key)}`;
  return text;
}

function problemText(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    return `unknown key ${issue.keys.map((key) => `"${key}"`).join(", ")}; remove it or correct its spelling`;
  }
  if (issue.code === "invalid_value") return `expected one of ${issue.values.map((value) => String(value)).join(", ")}`;
  // So zod says that a member of any kind is absent.
  if (issue.code === "invalid_type" && issue.expected === "nonoptional") return "is missing";
  // Our own messages name what is expected; zod's say so themselves.
  const own = /^[a-z]/.test(issue.message) && !issue.message.startsWith("expected");
  return own ? `expected ${issue.message}` : issue.message.replace(/^Invalid input: /, "");
}
