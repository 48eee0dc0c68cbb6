import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { bodyOf, NOW_MS, ORDER, post, scene, signatureOf, URL_TEXT } from "./webhook-scene.ts";
import { silentLogger, type Logger } from "../src/runtime/log.ts";
import { manualClock } from "../src/runtime/manual-clock.ts";
import { nodeWebhookListener } from "../src/webhooks/index.ts";

type Line = readonly [fields: object, message: string];

function hearing(level: "warn" | "error"): { readonly lines: Line[]; readonly logger: Logger } {
  const lines: Line[] = [];
  return { lines, logger: { ...silentLogger, [level]: (...line: Line) => void lines.push(line) } };
}

const body = bodyOf("order_status", ORDER);
const elsewhere = `sha256=${createHmac("sha256", "other-secret").update(body).digest("hex")}`;

test("webhooks signed with another secret are warned of once, then counted by the minute, and the log shows no secret", async () => {
  const { lines, logger } = hearing("warn");
  const clock = manualClock(NOW_MS);
  const { handler } = scene({ logger, clock });
  for (let i = 0; i < 200; i += 1) {
    expect((await handler(post(body, { "x-hub-signature-256": elsewhere }))).status).toBe(401);
  }
  expect(lines).toEqual([
    [
      { status: 401, reason: "wrong-signature", requests: 1 },
      expect.stringMatching(/signed with another secret.*Check appSecret/),
    ],
  ]);
  await clock.advance(60_000);
  expect(lines.slice(1)).toMatchObject([[{ reason: "wrong-signature", requests: 199 }, expect.any(String)]]);
  await clock.advance(600_000);
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toMatch(/test-secret|other-secret|sha256=/);
});

const asked = (query: string): Request => new Request(`${URL_TEXT}?${query}`);

test.each([
  ["no-signature", 401, post(body, {})],
  ["wrong-verify-token", 403, asked("hub.mode=subscribe&hub.challenge=7&hub.verify_token=guess")],
  ["not-a-verification", 400, asked("hub.mode=unsubscribe&hub.challenge=7&hub.verify_token=verify-me")],
  ["not-a-notification", 400, post("{}")],
  ["too-large", 413, post("x".repeat(2_000))],
])("what is refused as %s is said, too", async (reason, status, request) => {
  const { lines, logger } = hearing("warn");
  const { handler } = scene({ logger, maxBodyBytes: 1_000 });
  expect((await handler(request)).status).toBe(status);
  expect(lines).toEqual([[{ status, reason, requests: 1 }, expect.stringMatching(/was refused/)]]);
  expect(JSON.stringify(lines)).not.toMatch(/verify-me|guess/);
});

test("what is taken is not warned of", async () => {
  const { lines, logger } = hearing("warn");
  const { handler } = scene({ logger });
  expect((await handler(post(body))).status).toBe(200);
  expect(lines).toEqual([]);
});

test("events that are dropped since appId is another's are warned of", async () => {
  const { lines, logger } = hearing("warn");
  const { handler, dropped } = scene({ logger, appId: "2" });
  for (const n of [1, 2]) await handler(post(bodyOf("weather", { n })));
  expect(dropped).toHaveLength(2);
  expect(lines).toEqual([[{ app: "1", events: 1 }, "Webhook events of another app than appId were dropped."]]);
});

test("failures before anybody is known to be the platform do not fill the log", async () => {
  const { lines, logger } = hearing("error");
  const clock = manualClock(NOW_MS);
  const appSecret = (): string => {
    throw new Error("vault down");
  };
  const { handler } = scene({ logger, clock, appSecret });
  for (let i = 0; i < 50; i += 1) expect((await handler(post(body, {}))).status).toBe(500);
  await clock.advance(60_000);
  expect(lines).toEqual(
    [1, 49].map((requests) => [{ error: "Error: vault down", requests }, "A webhook was not handled."]),
  );
});

/** A server whose parser has read every body already, and left `kept` of it. */
async function parsedBefore(
  kept: (bytes: Buffer) => object,
  listener: ReturnType<typeof nodeWebhookListener>,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((incoming: IncomingMessage, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => void listener(Object.assign(incoming, kept(Buffer.concat(chunks))), outgoing));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())) };
}

const escaped = bodyOf("weather", { name: "é" }).replace("é", "\\u00e9");

test.each([
  ["a Buffer", (bytes: Buffer) => ({ rawBody: bytes, body: JSON.parse(bytes.toString()) as object })],
  ["text", (bytes: Buffer) => ({ rawBody: bytes.toString(), body: JSON.parse(bytes.toString()) as object })],
])("a body that was parsed and kept as rawBody, %s, is taken as it came", async (_what, kept) => {
  const { handler, events } = scene();
  await using server = await parsedBefore(kept, nodeWebhookListener(handler));
  const headers = { "x-hub-signature-256": signatureOf(escaped) };
  expect((await fetch(server.url, { method: "POST", body: escaped, headers })).status).toBe(200);
  expect(events).toMatchObject([{ topic: "unknown", raw: { name: "é" } }]);
  headers["x-hub-signature-256"] = signatureOf(JSON.stringify(JSON.parse(escaped)));
  expect((await fetch(server.url, { method: "POST", body: escaped, headers })).status).toBe(401);
});

test("a body that was parsed without is answered 500, and said where there is nobody else to say it", async () => {
  const { lines, logger } = hearing("error");
  const clock = manualClock(NOW_MS);
  const listener = nodeWebhookListener(scene().handler, { logger, clock });
  await using server = await parsedBefore((bytes) => ({ body: JSON.parse(bytes.toString()) as object }), listener);
  const headers = { "x-hub-signature-256": signatureOf(body) };
  for (const _ of [1, 2, 3]) {
    expect((await fetch(server.url, { method: "POST", body, headers })).status).toBe(500);
  }
  expect(lines).toEqual([
    [{ requests: 1, error: expect.stringMatching(/parsed already.*req\.rawBody/) }, "A webhook was answered 500."],
  ]);
  await clock.advance(60_000);
  expect(lines.slice(1)).toMatchObject([[{ requests: 2 }, expect.any(String)]]);
});
