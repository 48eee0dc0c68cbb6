import { z } from "zod";
import { EmulatorInputError, parseInput } from "../input-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { type OperationName, operationNames } from "../operations/operation-list.ts";
import { HISTORY_MS } from "../world/progress.ts";

/** The error envelope that a `status` fault answers, in the platform's own members. */
export interface FaultError {
  readonly code: number;
  readonly error_subcode?: number;
  readonly type?: string;
  readonly message?: string;
  readonly is_transient?: boolean;
  /** Default: an empty object, as the platform's usually is. */
  readonly error_data?: ExactJson;
  readonly error_user_title?: string;
  readonly error_user_msg?: string;
  /** Default: another one for every answer. */
  readonly fbtrace_id?: string;
}

/** What goes wrong. Where the effect stands is part of the kind; a fault that says nothing of it has none. */
export type FaultKind =
  /**
   * Waits before the effect (or, with `when: "after"`, between effect and answer), whether or not the client still does.
   * Combines with other faults; of several latencies on one side of the effect the longest holds.
   */
  | { readonly kind: "latency"; readonly ms: number; readonly when?: "before" | "after" }
  /** Answers this status and envelope without carrying anything out. Default error: code 2, transient. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly error?: FaultError;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Answers a rate limit without carrying anything out. Defaults: status 429, code 4, no `Retry-After`. */
  | {
      readonly kind: "throttle";
      readonly status?: number;
      readonly retryAfterSeconds?: number;
      readonly code?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Resets the connection; nothing is carried out. */
  | { readonly kind: "resetBefore" }
  /** Carries out, then resets the connection; with `truncated`, after half of the answer's body. */
  | { readonly kind: "resetAfter"; readonly truncated?: boolean }
  /**
   * Never answers; carries out `ms` after the end of the connection. Ends it at once, unless the client has already; with
   * `hang`, leaves that to the client.
   */
  | { readonly kind: "delayedEffect"; readonly ms: number; readonly hang?: boolean }
  /** Carries out, then answers (default 200) a body that is no JSON. Default: an HTML page. */
  | { readonly kind: "garbage"; readonly body?: string; readonly contentType?: string; readonly status?: number }
  /** Carries out, then answers 200 without a body. */
  | { readonly kind: "empty" }
  /** Carries out, then answers a status (default 500) with code 2, transient. */
  | { readonly kind: "effectThenStatus"; readonly status?: number }
  /** A progress read answers the state as it was `ms` ago (at most 120000). Other operations never meet it. */
  | { readonly kind: "laggingReads"; readonly ms: number };

export type FaultKindName = FaultKind["kind"];

/** Which requests a fault waits for. */
export interface FaultTarget {
  /** Default "*": every operation. */
  readonly operation?: OperationName | "*" | readonly OperationName[];
  /** Only requests about this app-scoped user. */
  readonly userId?: string;
  /** How often it fires. Default 1; "always" (or Infinity) for no end. */
  readonly times?: number | "always";
  /** Lets this many matching requests pass first. Default 0. */
  readonly after?: number;
  /** Only requests that ask for more rows than this, by `limit` or by the switch `pageSize`. */
  readonly limitAbove?: number;
  /** Chance of firing on a matching request, 0 to 1. Default 1. */
  readonly probability?: number;
}

export type Fault = FaultTarget & FaultKind;

/** Faults by chance: one seed, one sequence of decisions. */
export interface ChanceOptions {
  /** Chance that a matching request meets a fault, 0 to 1. */
  readonly probability: number;
  /** Names (with default figures) or kinds with figures; one is drawn for each fault. */
  readonly kinds: readonly (FaultKindName | FaultKind)[];
  /** Default: every operation. */
  readonly operations?: readonly OperationName[];
  /** Default 1. */
  readonly seed?: number;
}

/** What a kind given by name alone stands for. */
const byName: Readonly<Record<FaultKindName, FaultKind>> = {
  latency: { kind: "latency", ms: 250 },
  status: { kind: "status", status: 500 },
  throttle: { kind: "throttle", retryAfterSeconds: 1 },
  resetBefore: { kind: "resetBefore" },
  resetAfter: { kind: "resetAfter" },
  delayedEffect: { kind: "delayedEffect", ms: 100 },
  garbage: { kind: "garbage" },
  empty: { kind: "empty" },
  effectThenStatus: { kind: "effectThenStatus" },
  laggingReads: { kind: "laggingReads", ms: 500 },
};

const milliseconds = z.int("milliseconds as a whole number").min(0, "milliseconds, at least 0").max(3_600_000);
const status = z.int("an HTTP status from 200 to 599").min(200).max(599);
const headerText = z.string().regex(/^[\t\x20-\x7e]*$/, "printable ASCII text");
const headers = z.record(z.string().regex(/^[A-Za-z0-9-]+$/, "a header name"), headerText);
const json: z.ZodType = z.lazy(() =>
  z.union(
    [z.string(), z.number(), z.bigint(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)],
    "JSON",
  ),
);
const error = z.strictObject({
  code: z.int(),
  error_subcode: z.int().optional(),
  type: z.string().optional(),
  message: z.string().optional(),
  is_transient: z.boolean().optional(),
  error_data: json.optional(),
  error_user_title: z.string().optional(),
  error_user_msg: z.string().optional(),
  fbtrace_id: z.string().optional(),
});

const kinds = {
  latency: { ms: milliseconds, when: z.enum(["before", "after"]).optional() },
  status: {
    status,
    error: error.optional(),
    headers: headers.optional(),
  },
  throttle: {
    status: status.optional(),
    retryAfterSeconds: z.number().min(0).optional(),
    code: z.int().optional(),
    headers: headers.optional(),
  },
  resetBefore: {},
  resetAfter: { truncated: z.boolean().optional() },
  delayedEffect: { ms: milliseconds, hang: z.boolean().optional() },
  garbage: { body: z.string().optional(), contentType: headerText.optional(), status: status.optional() },
  empty: {},
  effectThenStatus: { status: status.optional() },
  laggingReads: { ms: milliseconds.max(HISTORY_MS, `at most ${HISTORY_MS} milliseconds`) },
};

export const faultKindNames: readonly string[] = Object.keys(kinds);

const operation = z.enum(operationNames as [OperationName, ...OperationName[]]);
const probability = z.number("a number from 0 to 1").min(0, "a number from 0 to 1").max(1, "a number from 0 to 1");
const target = {
  operation: z
    .union(
      [operation, z.literal("*"), z.array(operation).min(1)],
      `expected one or several of "*", ${operationNames.join(", ")}`,
    )
    .optional(),
  userId: z.string("an app-scoped user id as text").optional(),
  times: z
    .union([z.literal("always"), z.literal(Infinity), z.int().min(1)], 'a whole number of at least 1, or "always"')
    .optional(),
  after: z.int("a whole number of at least 0").min(0, "a whole number of at least 0").optional(),
  limitAbove: z.int("a whole number of at least 0").min(0, "a whole number of at least 0").optional(),
  probability: probability.optional(),
};

const chanceSchema = z.strictObject({
  probability,
  kinds: z.array(z.unknown()).min(1, "at least one fault kind"),
  operations: z.array(operation).min(1).optional(),
  seed: z.int().optional(),
});

/** @throws EmulatorInputError naming the member. */
export function parseFault(input: unknown): Fault {
  return parseInput(
    z.strictObject({ kind: z.string(), ...target, ...membersOf(input, "fault") }),
    input,
    "fault",
  ) as Fault;
}

/** @throws EmulatorInputError naming the member. */
export function parseChance(input: unknown): { readonly options: ChanceOptions; readonly kinds: readonly FaultKind[] } {
  const options = parseInput(chanceSchema, input, "chance") as ChanceOptions;
  return { options, kinds: options.kinds.map((kind, index) => parseKind(kind, `chance.kinds[${index}]`)) };
}

function parseKind(input: unknown, path: string): FaultKind {
  const kind = typeof input === "string" && Object.hasOwn(byName, input) ? byName[input as FaultKindName] : input;
  return parseInput(z.strictObject({ kind: z.string(), ...membersOf(kind, path) }), kind, path) as FaultKind;
}

function membersOf(input: unknown, path: string): z.core.$ZodLooseShape {
  const kind = typeof input === "object" && input !== null && "kind" in input ? input.kind : undefined;
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) return kinds[kind as FaultKindName];
  throw new EmulatorInputError(`${path}.kind`, `expected one of ${faultKindNames.join(", ")}`);
}
