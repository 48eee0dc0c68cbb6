import type { Hono } from "hono";
import { z } from "zod";
import type { SeedNotificationRequest, SeedUser } from "../seed/seed.ts";
import type { AttestationOrder } from "../world/device-levers.ts";
import { attestationSchema, idsSchema, lifeMs, text, tokenSchema, userIdSchema } from "./bodies.ts";
import { bodyOf, given, parsedBody } from "./body-of.ts";
import type { ControlTarget } from "./control-target.ts";

/** Users, their tokens, proofs and codes, their headsets, and notifications to them. */
export function addPeopleRoutes(app: Hono, { world }: ControlTarget): void {
  app.post("/users", async (c) => c.json(world.createUser((await bodyOf(c)) as unknown as SeedUser)));
  app.post("/tokens", async (c) => {
    const { appId, userId, expiresInMs, token } = await parsedBody(c, tokenSchema);
    const options = given({ expiresInMs, token });
    return c.json({ token: world.mintUserToken(appId ?? world.appOf(userId), userId, options) });
  });
  app.post("/tokens/expire", async (c) => {
    world.expireToken((await parsedBody(c, z.strictObject({ token: text }))).token);
    return c.json({ expired: true });
  });
  app.post("/tokens/revoke", async (c) => {
    return c.json({ revoked: world.revokeUserTokens((await parsedBody(c, userIdSchema)).userId) });
  });
  app.post("/nonces", async (c) => {
    const { appId, userId, ttlMs } = await parsedBody(c, idsSchema);
    return c.json({ nonce: world.mintNonce(appId ?? world.appOf(userId), userId, given({ ttlMs })) });
  });
  app.post("/link-codes", async (c) => {
    const { userId, ttlMs } = await parsedBody(c, z.strictObject({ userId: text, ttlMs: lifeMs.optional() }));
    return c.json(world.mintLinkCode(userId, given({ ttlMs })));
  });
  app.post("/attestation-tokens", async (c) => {
    const order = (await parsedBody(c, attestationSchema)) as AttestationOrder;
    return c.json({ token: world.devices.mintAttestationToken(order) });
  });
  app.post("/devices", async (c) => {
    const { device, appId } = await parsedBody(c, z.strictObject({ device: text, appId: text.optional() }));
    return c.json({ uniqueId: world.devices.uniqueId(device, appId) });
  });
  app.get("/bans", (c) => c.json({ bans: world.devices.bans(c.req.query("appId")) }));
  app.get("/notifications", (c) => c.json({ notifications: world.notifications(c.req.query("appId")) }));
  app.post("/notification-requests", async (c) => {
    const schema = z.strictObject({ request: z.unknown(), appId: text.optional() });
    const { request, appId } = await parsedBody(c, schema);
    world.setNotificationRequest(request as SeedNotificationRequest, appId);
    return c.json({ set: true });
  });
}
