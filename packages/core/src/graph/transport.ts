import type { Secret } from "../secrets/secret.ts";

/** One request to the platform, before it is bytes. */
export interface GraphRequest {
  /** For errors and logs, such as `achievements.write`. */
  readonly operation: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Begins with a slash; no host, no query, no token. */
  readonly path: string;
  /** Sent as the query of a GET and as a form body otherwise. */
  readonly params: Readonly<Record<string, string>>;
  /** Goes into the `Authorization` header, unless `tokenIn` says otherwise, and nowhere else. */
  readonly token: Secret;
  /** `query`: as `access_token` in the URL, for the one operation that is only known to take it there; a read. Keep it off logs. */
  readonly tokenIn?: "query";
  /** `read` may be repeated and may share connections; a `write` is one request on one socket, never retried below the caller. */
  readonly kind: "read" | "write";
  /** A write that leaves the same end state however often it is sent. */
  readonly replaySafe?: boolean;
  /** Monotonic ms by the client's clock after which the request must not be handed to a socket any more. */
  readonly notAfter?: number;
  /** How long the whole exchange may take, waiting for a socket included, ms; the transport's own limit otherwise. */
  readonly timeoutMs?: number;
}

/** What came back, whole. */
export interface GraphResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Carries one request. Rejects only when no whole answer was received, with a `GraphError` that says whether any byte
 * of the request had been handed over.
 */
export interface GraphTransport {
  /** Where it sends, such as `https://graph.oculus.com`; a client over it looks here. */
  readonly baseUrl?: string | undefined;
  send(request: GraphRequest, signal?: AbortSignal): Promise<GraphResponse>;
  /** Accepts no more, waits for what is under way, at most `graceMs` (default: as long as its time limits), then cuts it off. */
  close(graceMs?: number): Promise<void>;
}
