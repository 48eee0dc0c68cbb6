import type { ServerResponse } from "node:http";
import type { FaultKind } from "../faults/fault.ts";

const JSON_TYPE = "application/json; charset=UTF-8";
const HTML =
  "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>";

/** An answer in full. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(answer.status, {
    ...answer.headers,
    "content-type": answer.contentType ?? JSON_TYPE,
    "content-length": Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}

/** Cuts the connection as a reset, so that the client sees an error and never an end. */
export function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

/** Half of the body under the length of all of it, then the cut. */
export function sendTruncated(response: ServerResponse, answer: Answer): void {
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, { "content-type": JSON_TYPE, "content-length": bytes.length });
  // The cut waits until the half is on its way; a reset could overtake it.
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.socket?.destroy());
}

export function garbageAnswer(fault: Extract<FaultKind, { readonly kind: "garbage" }>): Answer {
  const { status = 200, body = HTML, contentType = "text/html; charset=utf-8" } = fault;
  return { status, body, contentType };
}
