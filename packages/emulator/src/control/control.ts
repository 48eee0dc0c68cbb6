import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { EmulatorInputError } from "../input-error.ts";
import { VERSION } from "../version.ts";
import type { ControlTarget } from "./control-target.ts";
import { addFaultRoutes } from "./fault-routes.ts";
import { addPeopleRoutes } from "./people-routes.ts";
import { addRecordRoutes } from "./record-routes.ts";
import { addStoreRoutes } from "./store-routes.ts";
import { addWebhookRoutes } from "./webhook-routes.ts";
import { addWorldRoutes } from "./world-routes.ts";

/** The emulator's levers over HTTP, under `/__emulator`. JSON both ways; 64-bit values as decimal text. */
export function createControl(
  target: ControlTarget,
): (incoming: IncomingMessage, response: ServerResponse) => Promise<void> {
  const app = new Hono().basePath("/__emulator");
  app.get("/health", (c) => {
    return c.json({ emulator: "questline", url: target.url, version: VERSION, world: target.world.id });
  });
  addWorldRoutes(app, target);
  addPeopleRoutes(app, target);
  addStoreRoutes(app, target);
  addWebhookRoutes(app, target);
  addFaultRoutes(app, target);
  addRecordRoutes(app, target);
  app.notFound((c) => c.json(problem(`there is no ${c.req.method} ${c.req.path}; see docs/emulator.md`, "path"), 404));
  app.onError((error, c) => {
    if (error instanceof EmulatorInputError) return c.json(problem(error.message, error.path), 400);
    return c.json(problem("the emulator failed; this is a bug of its own", ""), 500);
  });
  return getRequestListener(app.fetch, { overrideGlobalObjects: false });
}

function problem(message: string, path: string): { error: { message: string; path: string } } {
  return { error: { message, path } };
}
