import type { Hono } from "hono";
import { behaviours } from "../behaviours/behaviours.ts";
import { faultKindNames } from "../faults/fault.ts";
import { EmulatorInputError } from "../input-error.ts";
import { operationNames, operations } from "../operations/operation-list.ts";
import type { RequestFilter } from "../request-log.ts";
import { bodyOf } from "./body-of.ts";
import type { ControlTarget } from "./control-target.ts";

/** What happened, and what the emulator does. */
export function addRecordRoutes(app: Hono, { requests, oracle, switches }: ControlTarget): void {
  app.get("/requests", (c) => c.json({ requests: requests.list(filterOf(c.req.query())) }));
  app.get("/requests/summary", (c) => c.json(requests.summary()));
  app.delete("/requests", (c) => {
    requests.clear();
    return c.json({ cleared: true });
  });
  app.get("/oracle", (c) => c.json(oracle.snapshot()));
  app.get("/operations", (c) => c.json({ operations }));
  app.get("/behaviours", (c) => c.json({ behaviours }));
  app.get("/switches", (c) => c.json(switches.get()));
  app.post("/switches", async (c) => c.json(switches.set((await bodyOf(c)) as object)));
}

const effects = ["true", "false"];
const tokenKinds = ["app", "user", "none", "invalid"];
const filterKeys = ["operation", "userId", "apiName", "status", "effect", "fault", "tokenKind", "after"];

function filterOf(query: Record<string, string>): RequestFilter {
  for (const key of Object.keys(query)) {
    if (!filterKeys.includes(key))
      throw new EmulatorInputError(key, `unknown filter; there is ${filterKeys.join(", ")}`);
  }
  const { status, effect, after, ...rest } = query;
  oneOf(effect, effects, "effect");
  oneOf(rest["operation"], operationNames, "operation");
  oneOf(rest["fault"], ["any", ...faultKindNames], "fault");
  oneOf(rest["tokenKind"], tokenKinds, "tokenKind");
  return {
    ...rest,
    ...(status === undefined ? {} : { status: status === "none" ? null : numberOf(status, "status") }),
    ...(effect === undefined ? {} : { effect: effect === "true" }),
    ...(after === undefined ? {} : { after: numberOf(after, "after") }),
  };
}

/** A misspelled name would match nothing, and look like an answer. */
function oneOf(text: string | undefined, words: readonly string[], path: string): void {
  if (text === undefined || words.includes(text)) return;
  throw new EmulatorInputError(path, `expected one of ${words.join(", ")}`);
}

function numberOf(text: string, path: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new EmulatorInputError(path, "expected a whole number");
}
