import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { WebhookHandler } from "./webhook-handler.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { systemClock, type Clock } from "../runtime/clock.ts";
import { stderrLogger, type Logger } from "../runtime/log.ts";
import { createNotice } from "../runtime/notice.ts";

/** What body parsers leave at a request. */
interface ParsedBefore {
  readonly body?: unknown;
  /** The bytes as they came, where a parser kept them: Firebase and Google Cloud Functions do; so does a `verify` of `express.json`. */
  readonly rawBody?: unknown;
}

export interface NodeWebhookOptions {
  /** Hears of failures where there is no `next`: the first at once, then their number once a minute. Default: stderr. */
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** A request listener for `node:http`, and a route handler for Express. */
export type NodeWebhookListener = (
  incoming: IncomingMessage & ParsedBefore,
  outgoing: ServerResponse,
  next?: (error: unknown) => void,
) => Promise<void>;

/**
 * Puts a handler behind `node:http` or Express. The signature is over the raw bytes: mount it before `express.json()`, or
 * behind `express.raw({ type: "*\/*" })`, or keep them as `req.rawBody`, which is used where it is. A body that was parsed
 * without goes to `next` as `bad_input`; where there is no `next`, it is logged and answered 500.
 */
export function nodeWebhookListener(
  handler: WebhookHandler,
  { logger = stderrLogger, clock = systemClock }: NodeWebhookOptions = {},
): NodeWebhookListener {
  const notice = createNotice<string>({
    clock,
    say: (error, requests) => logger.error({ error, requests }, "A webhook was answered 500."),
  });
  return async (incoming, outgoing, next) => {
    try {
      const { status, headers, body } = await answerOf(incoming, handler);
      outgoing.writeHead(status, Object.fromEntries(headers));
      outgoing.end(body);
    } catch (error) {
      if (next !== undefined) return next(error);
      notice("failed", error instanceof Error ? error.message : "unknown");
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    }
    return undefined;
  };
}

async function answerOf(
  incoming: IncomingMessage & ParsedBefore,
  handler: WebhookHandler,
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: string }> {
  const method = incoming.method ?? "GET";
  const headers = new Headers();
  for (const name of ["x-hub-signature-256", "content-type", "content-length"]) {
    const value = incoming.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  const response = await handler(
    new Request(new URL(incoming.url ?? "/", "http://webhook.invalid"), {
      method,
      headers,
      ...(hasBody ? { body: rawBodyOf(incoming), duplex: "half" } : {}),
    }),
  );
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function rawBodyOf(incoming: IncomingMessage & ParsedBefore): Uint8Array<ArrayBuffer> | ReadableStream {
  const { body, rawBody } = incoming;
  if (rawBody instanceof Uint8Array) return new Uint8Array(rawBody);
  if (typeof rawBody === "string") return new Uint8Array(Buffer.from(rawBody));
  if (body instanceof Uint8Array) return new Uint8Array(body);
  if (incoming.readableEnded || (body !== undefined && body !== null)) {
    throw new QuestlineError(
      "bad_input",
      "The webhook's body was parsed already, and its signature is over the raw bytes: mount the webhook before the body parser or behind a raw one, or keep the bytes as req.rawBody.",
    );
  }
  return Readable.toWeb(incoming) as ReadableStream;
}
