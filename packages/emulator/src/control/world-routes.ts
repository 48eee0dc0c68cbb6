import type { Hono } from "hono";
import { z } from "zod";
import { EmulatorInputError } from "../input-error.ts";
import type { Seed, SeedAchievement, SeedLeaderboard, SeedLong } from "../seed/seed.ts";
import type { Strictness } from "../strictness.ts";
import { type ForeignRequest, foreignSchema, secretSchema, text, userIdSchema } from "./bodies.ts";
import { bodyOf, given, parsedBody } from "./body-of.ts";
import type { ControlTarget } from "./control-target.ts";

/** The world as a whole, its clock, its achievements and leaderboards, and worlds beside it. */
export function addWorldRoutes(app: Hono, target: ControlTarget): void {
  const { world, worlds } = target;
  app.get("/world", (c) => c.json(world.snapshot()));
  app.post("/reset", async (c) => {
    const seed = await bodyOf(c, true);
    target.reset(seed as Seed | undefined);
    return c.json({ reset: true, world: world.id });
  });
  app.post("/clock", async (c) => {
    const body = await parsedBody(c, z.strictObject({ advanceMs: z.number() }));
    world.advance(body.advanceMs);
    return c.json({ now: world.snapshot().now });
  });
  app.post("/foreign", async (c) => {
    const { userId, apiName, ...change } = (await parsedBody(c, foreignSchema)) as ForeignRequest;
    world.addForeign(userId, apiName, change);
    return c.json({ added: true });
  });
  app.post("/secret", async (c) => {
    const { appId, secret } = await parsedBody(c, secretSchema);
    world.rotateSecret(appId, secret);
    return c.json({ rotated: true });
  });
  app.post("/definitions", async (c) => {
    const { definition, appId } = await parsedBody(
      c,
      z.strictObject({ definition: z.unknown(), appId: text.optional() }),
    );
    world.setDefinition(definition as SeedAchievement, appId);
    return c.json({ set: true });
  });
  app.post("/definitions/archive", async (c) => {
    const schema = z.strictObject({ apiName: text, archived: z.boolean().optional(), appId: text.optional() });
    const { apiName, archived, appId } = await parsedBody(c, schema);
    world.archive(apiName, archived, appId);
    return c.json({ archived: archived ?? true });
  });
  app.post("/achievements/remove-all", async (c) => {
    world.removeAll((await parsedBody(c, userIdSchema)).userId);
    return c.json({ removed: true });
  });
  app.post("/leaderboards", async (c) => {
    const schema = z.strictObject({ leaderboard: z.unknown(), appId: text.optional() });
    const { leaderboard, appId } = await parsedBody(c, schema);
    world.setLeaderboard(leaderboard as SeedLeaderboard, appId);
    return c.json({ set: true });
  });
  app.post("/scores", async (c) => {
    const { apiName, userId, score } = await parsedBody(
      c,
      z.strictObject({ apiName: text, userId: text, score: z.unknown() }),
    );
    world.setScore(apiName, userId, score as SeedLong);
    return c.json({ set: true });
  });
  app.get("/worlds", (c) => c.json({ worlds: worlds.names() }));
  app.post("/worlds", async (c) => {
    const schema = z.strictObject({ name: text, seed: z.unknown().optional(), strictness: z.string().optional() });
    const { name, seed, strictness } = await parsedBody(c, schema);
    const options = given({ seed: seed as Seed | undefined, strictness: strictness as Strictness | undefined });
    const opened = worlds.open(name, options);
    return c.json({ name, url: opened.url, world: opened.world.id });
  });
  app.delete("/worlds", (c) => {
    const name = c.req.query("name") ?? "";
    if (!worlds.close(name)) throw new EmulatorInputError("name", `there is no world "${name.slice(0, 64)}"`);
    return c.json({ closed: true });
  });
}
