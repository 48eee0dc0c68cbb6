import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { WebhookHandler } from "./webhook-handler.ts";
import { QuestlineError } from "../errors/questline-error.ts";

/** A request listener for `node:http`, and a route handler for Express. */
export type NodeWebhookListener = (
  incoming: IncomingMessage & { readonly body?: unknown },
  outgoing: ServerResponse,
  next?: (error: unknown) => void,
) => Promise<void>;

/**
 * Puts a handler behind `node:http` or Express. The signature is over the raw bytes: mount it before `express.json()`, or
 * behind `express.raw({ type: "*\/*" })`; a body that was parsed already goes to `next` as `bad_input`, or is answered 500.
 */
export function nodeWebhookListener(handler: WebhookHandler): NodeWebhookListener {
  return async (incoming, outgoing, next) => {
    try {
      const { status, headers, body } = await answerOf(incoming, handler);
      outgoing.writeHead(status, Object.fromEntries(headers));
      outgoing.end(body);
    } catch (error) {
      if (next !== undefined) return next(error);
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    }
    return undefined;
  };
}

async function answerOf(
  incoming: IncomingMessage & { readonly body?: unknown },
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
      ...(hasBody ? { body: rawBody(incoming), duplex: "half" } : {}),
    }),
  );
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function rawBody(incoming: IncomingMessage & { readonly body?: unknown }): Uint8Array<ArrayBuffer> | ReadableStream {
  const { body } = incoming;
  if (body instanceof Uint8Array) return new Uint8Array(body);
  if (incoming.readableEnded || (body !== undefined && body !== null)) {
    throw new QuestlineError(
      "bad_input",
      "The webhook's body was parsed already, and its signature is over the raw bytes: mount the webhook before the body parser, or behind a raw one.",
    );
  }
  return Readable.toWeb(incoming) as ReadableStream;
}
