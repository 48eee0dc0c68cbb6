import type * as z from "zod";
import type { AppToken } from "./app-credentials.ts";
import { readAppUsage, type AppUsage } from "./app-usage.ts";
import { readAnswer } from "./read-answer.ts";
import type { GraphRequest, GraphTransport } from "./transport.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Secret } from "../secrets/secret.ts";

/** What every call takes beside its own request. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long the exchange may take, waiting for a socket included, ms; default: the transport's. */
  readonly timeoutMs?: number | undefined;
  /** Monotonic ms by the client's clock after which nothing may be handed to a socket any more. */
  readonly notAfter?: number | undefined;
}

/** One operation, ready to be sent. */
export interface Call<T> {
  readonly operation: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly kind: "read" | "write";
  readonly schema: z.ZodType<T>;
  /** Whether the answer is about what was asked; it is unreadable otherwise. */
  readonly fits?: (answer: T) => boolean;
  /** The user token it acts with; the app token if undefined. */
  readonly userToken?: Secret | undefined;
  /** Secrets among the parameters. */
  readonly hidden?: readonly Secret[];
}

/** Sends a call and reads its answer; rejects with a `GraphError`. */
export type Caller = <T>(call: Call<T>, options?: CallOptions) => Promise<T>;

export interface CallerOptions {
  readonly appToken: AppToken;
  readonly transport: GraphTransport;
  readonly clock: Clock;
  readonly onAppUsage?: ((usage: AppUsage) => void) | undefined;
}

export function createCaller({ appToken, transport, clock, onAppUsage }: CallerOptions): Caller {
  return async (call, options = {}) => {
    const { operation, method, path, params, kind, userToken } = call;
    const token = userToken ?? (await appToken.current(operation));
    const request: GraphRequest = {
      operation,
      method,
      path,
      params,
      kind,
      token,
      ...(options.timeoutMs === undefined ? undefined : { timeoutMs: options.timeoutMs }),
      ...(options.notAfter === undefined ? undefined : { notAfter: options.notAfter }),
    };
    const response = await transport.send(request, options.signal);
    if (onAppUsage !== undefined) {
      const usage = readAppUsage(response.headers["x-app-usage"]);
      if (usage !== undefined) onAppUsage(usage);
    }
    const { latestSecret } = appToken;
    return readAnswer(response, call, {
      operation,
      kind,
      actsFor: userToken === undefined ? "app" : "user",
      secrets: [token, ...(call.hidden ?? []), ...(latestSecret === undefined ? [] : [latestSecret])],
      nowMs: clock.now(),
    });
  };
}
