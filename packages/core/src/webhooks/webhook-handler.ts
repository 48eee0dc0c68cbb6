import type { WebhookEvent } from "./events.ts";
import { readBody } from "./read-body.ts";
import { readEvents } from "./read-events.ts";
import { createRefusing, said, type WebhookRefusal } from "./refusals.ts";
import { memorySeenKeys, type SeenKeys } from "./seen-keys.ts";
import { hasSignature, isSameText, isSigned } from "./signature.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { createSingleFlight } from "../resilience/single-flight.ts";
import { dateAt } from "../runtime/calendar.ts";
import { systemClock, type Clock } from "../runtime/clock.ts";
import { stderrLogger, type Logger } from "../runtime/log.ts";
import { createNotice } from "../runtime/notice.ts";
import { credentialProblem } from "../secrets/credential-text.ts";
import { reveal, secret, type Secret } from "../secrets/secret.ts";

/** An event that was not handed on. */
export interface DroppedEvent {
  readonly event: WebhookEvent;
  /** `duplicate`: handled before. `stale`: older than `maxAgeMs`. `other-app`: not `appId`'s. */
  readonly reason: "duplicate" | "stale" | "other-app";
}

export interface WebhookOptions {
  /** The secret of the app, which signs; a function is asked at each request. */
  readonly appSecret: string | Secret | (() => string | Secret | Promise<string | Secret>);
  /** The verify token you chose in the dashboard. */
  readonly verifyToken: string | Secret;
  /**
   * Handles one event; when it rejects, the platform is asked to deliver again. Be quick: write it down and work later.
   * An event can come more than once if the process dies in between, so make it harmless by `event.key`.
   */
  readonly onEvent: (event: WebhookEvent) => void | Promise<void>;
  readonly onDropped?: (dropped: DroppedEvent) => void;
  /** Only this app's events, and the dashboard's test events. Default: any that is signed. */
  readonly appId?: string;
  /** Default: in memory. */
  readonly seen?: SeenKeys;
  /** The oldest event taken, ms. Default 37 hours: failed deliveries are repeated for 36. */
  readonly maxAgeMs?: number;
  /** The largest body taken, bytes. Default 1 048 576. */
  readonly maxBodyBytes?: number;
  readonly clock?: Clock;
  /** Hears what is wrong; of each kind the first at once, then its number once a minute. Default: stderr. */
  readonly logger?: Logger;
}

/** Answers one request: what Hono, Bun, Deno, Next and `Request` in general hand over. */
export type WebhookHandler = (request: Request) => Promise<Response>;

const CHALLENGE = /^[\w.-]{1,256}$/;
const LONGEST_AGE_MS = 37 * 60 * 60 * 1000;

/**
 * Receives the platform's webhooks at one URL: the verification handshake (GET) and notifications (POST). Answers 200 once
 * every event was handled, 401 for a wrong signature, 400 for a body that is no notification, 413 for one that is too large,
 * 403 for a wrong verify token, 500 where `onEvent` failed. Throws `bad_input` for wrong options.
 */
export function createWebhookHandler(options: WebhookOptions): WebhookHandler {
  const { onEvent, onDropped, appId, clock = systemClock, logger = stderrLogger } = options;
  const { maxAgeMs = LONGEST_AGE_MS, maxBodyBytes = 1_048_576 } = options;
  const seen = options.seen ?? memorySeenKeys({ clock });
  const verifyToken = usable(options.verifyToken, "verifyToken", "verify-token");
  if (typeof options.appSecret !== "function") usable(options.appSecret, "appSecret", "app-secret");
  const handling = createSingleFlight<void>();
  const refused = createRefusing(clock, logger);
  const failed = createNotice<string>({
    clock,
    say: (error, requests) => logger.error({ error, requests }, "A webhook was not handled."),
  });
  const misdirected = createNotice<string>({
    clock,
    say: (app, events) => logger.warn({ app, events }, "Webhook events of another app than appId were dropped."),
  });

  const dropReason = async (event: WebhookEvent): Promise<DroppedEvent["reason"] | undefined> => {
    const { isTest, appId: about } = event;
    if (appId !== undefined && !isTest && about !== "" && about !== appId) return "other-app";
    if (clock.now() - event.sentAt.getTime() > maxAgeMs) return "stale";
    // All test events of a kind look alike, and each press of the button is meant.
    return !event.isTest && (await seen.has(event.key)) ? "duplicate" : undefined;
  };

  const handle = async (event: WebhookEvent): Promise<void> => {
    const reason = await dropReason(event);
    if (reason !== undefined) {
      logger.debug({ key: event.key, reason }, "A webhook event was dropped.");
      if (reason === "other-app") misdirected(reason, event.appId);
      return onDropped?.({ event, reason });
    }
    await onEvent(event);
    const newest = Math.max(clock.now(), event.sentAt.getTime());
    if (!event.isTest) await seen.add(event.key, dateAt(newest + maxAgeMs));
  };

  const receive = async (request: Request): Promise<Response> => {
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) return refused("too-large");
    const { appSecret } = options;
    const given = typeof appSecret === "function" ? await appSecret() : appSecret;
    const signedBy = usable(given, "appSecret", "app-secret");
    const signature = request.headers.get("x-hub-signature-256");
    if (!isSigned(body, signature, signedBy)) {
      return refused(hasSignature(signature) ? "wrong-signature" : "no-signature");
    }
    const events = readEvents(Buffer.from(body).toString("utf8"), dateAt(clock.now()));
    if (events === undefined) return refused("not-a-notification");
    // One after the other, and each once at a time: a redelivery may arrive while the first is still being handled.
    for (const event of events) await handling.run(event.key, () => handle(event));
    return said(200, "ok");
  };

  return async (request) => {
    if (request.method === "GET") return handshake(new URL(request.url).searchParams, verifyToken, refused);
    if (request.method !== "POST") return said(405, "Only GET and POST.", { allow: "GET, POST" });
    try {
      return await receive(request);
    } catch (error) {
      failed("failed", error instanceof Error ? error.message : "unknown");
      return said(500, "Not handled: deliver it again.");
    }
  };
}

function handshake(
  query: URLSearchParams,
  verifyToken: Secret,
  refused: (refusal: WebhookRefusal) => Response,
): Response {
  const challenge = query.get("hub.challenge") ?? "";
  const isMeant = isSameText(query.get("hub.verify_token") ?? "", reveal(verifyToken));
  if (!isMeant) return refused("wrong-verify-token");
  if (query.get("hub.mode") !== "subscribe" || !CHALLENGE.test(challenge)) return refused("not-a-verification");
  return said(200, challenge);
}

function usable(value: unknown, what: string, kind: string): Secret {
  const isText = typeof value === "string";
  let text: unknown = value;
  try {
    if (!isText) text = reveal(value as Secret);
  } catch {
    // Neither text nor a secret: said below.
  }
  // The verify token is any text that was typed into the dashboard; the secret is the platform's.
  const isTyped = kind === "verify-token" && typeof text === "string" && text !== "";
  const problem = isTyped ? undefined : credentialProblem(text);
  if (problem !== undefined) throw new QuestlineError("bad_input", `createWebhookHandler: ${what} ${problem}.`);
  return isText ? secret(kind, value) : (value as Secret);
}
