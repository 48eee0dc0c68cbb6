import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { behaviours } from "../behaviours/behaviours.ts";
import type { ChanceOptions, Fault } from "../faults/fault.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";
import { EmulatorInputError, parseInput } from "../input-error.ts";
import { type ExactJson, parseExactJson } from "../json/exact-json.ts";
import type { EffectCounter } from "../oracle.ts";
import type { RequestFilter, RequestLog } from "../request-log.ts";
import type { Seed, SeedUser } from "../seed/seed.ts";
import type { SwitchBoard } from "../switches.ts";
import type { EmulatedWorld } from "../world/world.ts";
import { VERSION } from "../version.ts";
import { type ForeignRequest, foreignSchema, idsSchema, secretSchema, tokenSchema } from "./bodies.ts";

/** What the control path reaches: the emulator without its socket. */
export interface ControlTarget {
  readonly url: string;
  readonly world: EmulatedWorld;
  readonly faults: FaultPlan;
  readonly requests: RequestLog;
  readonly oracle: EffectCounter;
  readonly switches: SwitchBoard;
  reset(seed?: Seed): void;
}

/** The emulator's levers over HTTP, under `/__emulator`. JSON both ways; 64-bit values as decimal text. */
export function createControl(
  target: ControlTarget,
): (incoming: IncomingMessage, response: ServerResponse) => Promise<void> {
  const app = new Hono().basePath("/__emulator");
  app.get("/health", (c) => c.json({ emulator: "questline", url: target.url, version: VERSION }));
  addWorldRoutes(app, target);
  addFaultRoutes(app, target);
  addRecordRoutes(app, target);
  app.notFound((c) => c.json(problem(`there is no ${c.req.method} ${c.req.path}; see docs/emulator.md`, "path"), 404));
  app.onError((error, c) => {
    if (error instanceof EmulatorInputError) return c.json(problem(error.message, error.path), 400);
    return c.json(problem("the emulator failed; this is a bug of its own", ""), 500);
  });
  return getRequestListener(app.fetch, { overrideGlobalObjects: false });
}

function addWorldRoutes(app: Hono, target: ControlTarget): void {
  const { world } = target;
  app.get("/world", (c) => c.json(world.snapshot()));
  app.post("/reset", async (c) => {
    const seed = await bodyOf(c, true);
    target.reset(seed as Seed | undefined);
    return c.json({ reset: true });
  });
  app.post("/users", async (c) => c.json(world.createUser((await bodyOf(c)) as unknown as SeedUser)));
  app.post("/tokens", async (c) => {
    const { appId, userId, expiresInMs, token } = parseInput(tokenSchema, await bodyOf(c), "body");
    const options = {
      ...(expiresInMs === undefined ? {} : { expiresInMs }),
      ...(token === undefined ? {} : { token }),
    };
    return c.json({ token: world.mintUserToken(appId ?? world.appOf(userId), userId, options) });
  });
  app.post("/tokens/expire", async (c) => {
    world.expireToken(parseInput(z.strictObject({ token: z.string() }), await bodyOf(c), "body").token);
    return c.json({ expired: true });
  });
  app.post("/tokens/revoke", async (c) => {
    const { userId } = parseInput(z.strictObject({ userId: z.string() }), await bodyOf(c), "body");
    return c.json({ revoked: world.revokeUserTokens(userId) });
  });
  app.post("/nonces", async (c) => {
    const { appId, userId, ttlMs } = parseInput(idsSchema, await bodyOf(c), "body");
    return c.json({
      nonce: world.mintNonce(appId ?? world.appOf(userId), userId, ttlMs === undefined ? {} : { ttlMs }),
    });
  });
  app.post("/foreign", async (c) => {
    const { userId, apiName, ...change } = parseInput(foreignSchema, await bodyOf(c), "body") as ForeignRequest;
    world.addForeign(userId, apiName, change);
    return c.json({ added: true });
  });
  app.post("/clock", async (c) => {
    world.advance(parseInput(z.strictObject({ advanceMs: z.number() }), await bodyOf(c), "body").advanceMs);
    return c.json({ now: world.snapshot().now });
  });
  app.post("/secret", async (c) => {
    const { appId, secret } = parseInput(secretSchema, await bodyOf(c), "body");
    world.rotateSecret(appId, secret);
    return c.json({ rotated: true });
  });
}

function addFaultRoutes(app: Hono, { faults }: ControlTarget): void {
  // JSON has no Infinity; the list says "always".
  app.get("/faults", (c) => c.json({ faults: faults.list() }));
  app.post("/faults", async (c) => c.json({ id: faults.add((await bodyOf(c)) as unknown as Fault) }));
  app.post("/faults/chance", async (c) => c.json({ id: faults.chance((await bodyOf(c)) as unknown as ChanceOptions) }));
  app.delete("/faults", (c) => {
    const id = c.req.query("id");
    if (id === undefined) faults.clear();
    else if (!faults.remove(id)) throw new EmulatorInputError("id", `no fault has the id "${id}"`);
    return c.json({ removed: true });
  });
}

function addRecordRoutes(app: Hono, { requests, oracle, switches }: ControlTarget): void {
  app.get("/requests", (c) => c.json({ requests: requests.list(filterOf(c.req.query())) }));
  app.get("/requests/summary", (c) => c.json(requests.summary()));
  app.delete("/requests", (c) => {
    requests.clear();
    return c.json({ cleared: true });
  });
  app.get("/oracle", (c) => c.json(oracle.snapshot()));
  app.get("/behaviours", (c) => c.json({ behaviours }));
  app.get("/switches", (c) => c.json(switches.get()));
  app.post("/switches", async (c) => c.json(switches.set((await bodyOf(c)) as object)));
}

async function bodyOf(c: Context, optional = false): Promise<ExactJson | undefined> {
  const text = await c.req.text();
  if (text.trim() === "" && optional) return undefined;
  try {
    return parseExactJson(text);
  } catch {
    throw new EmulatorInputError("body", "expected a JSON object");
  }
}

const filterKeys = ["operation", "userId", "apiName", "status", "effect", "fault", "tokenKind", "after"];

function filterOf(query: Record<string, string>): RequestFilter {
  for (const key of Object.keys(query)) {
    if (!filterKeys.includes(key))
      throw new EmulatorInputError(key, `unknown filter; there is ${filterKeys.join(", ")}`);
  }
  const { status, effect, after, ...rest } = query;
  return {
    ...rest,
    ...(status === undefined ? {} : { status: status === "none" ? null : numberOf(status, "status") }),
    ...(effect === undefined ? {} : { effect: effect === "true" }),
    ...(after === undefined ? {} : { after: numberOf(after, "after") }),
  };
}

function numberOf(text: string, path: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new EmulatorInputError(path, "expected a whole number");
}

function problem(message: string, path: string): { error: { message: string; path: string } } {
  return { error: { message, path } };
}
