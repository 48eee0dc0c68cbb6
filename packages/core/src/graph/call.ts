import type * as z from "zod";
import type { AppToken } from "./app-credentials.ts";
import { readAppUsage, type AppUsage } from "./app-usage.ts";
import { inDoubt } from "./in-doubt.ts";
import { fillPath } from "./path.ts";
import { readAnswer } from "./read-answer.ts";
import type { OperationName } from "./operation.ts";
import { operations } from "./semantics.ts";
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

/** One operation, ready to be sent; its method, path and semantics are the table's. */
export interface Call<T> {
  readonly operation: OperationName;
  /** The ids in the path, other than the app's. */
  readonly at?: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly schema: z.ZodType<T>;
  /** Whether the answer is about what was asked; it is unreadable otherwise. */
  readonly fits?: (answer: T) => boolean;
  /** The user token it acts with; the app token if undefined. */
  readonly userToken?: Secret | undefined;
  /** Secrets among the parameters. */
  readonly hidden?: readonly Secret[];
  readonly tokenIn?: "query";
  /** With these parameters it is replay-safe, although the operation is not. */
  readonly replaySafe?: boolean;
}

/** Sends a call and reads its answer; rejects with a `GraphError`. */
export type Caller = <T>(call: Call<T>, options?: CallOptions) => Promise<T>;

export interface CallerOptions {
  readonly appToken: AppToken;
  readonly transport: GraphTransport;
  readonly clock: Clock;
  readonly onAppUsage?: ((usage: AppUsage) => void) | undefined;
  readonly onEmulatorWorld?: ((id: string) => void) | undefined;
}

/** Only the emulator sends it; Meta never does. */
const EMULATOR_WORLD = "x-questline-emulator-world";

export function createCaller({ appToken, transport, clock, onAppUsage, onEmulatorWorld }: CallerOptions): Caller {
  return async (call, options = {}) => {
    const { operation, params, userToken, tokenIn } = call;
    const { request: template, repeat } = operations[operation];
    const kind = repeat === "read" ? "read" : "write";
    const replaySafe = repeat === "replay-safe" || call.replaySafe === true;
    const [method, path] = template.split(" ") as ["GET" | "POST" | "DELETE", string];
    const token = userToken ?? (await appToken.current(operation));
    const request: GraphRequest = {
      operation,
      method,
      path: fillPath(path, { app_id: appToken.appId, federated_app_id: appToken.appId, ...call.at }),
      params,
      kind,
      token,
      ...(replaySafe ? { replaySafe } : undefined),
      ...(tokenIn === undefined ? undefined : { tokenIn }),
      ...(options.timeoutMs === undefined ? undefined : { timeoutMs: options.timeoutMs }),
      ...(options.notAfter === undefined ? undefined : { notAfter: options.notAfter }),
    };
    try {
      const response = await transport.send(request, options.signal);
      if (onAppUsage !== undefined) {
        const usage = readAppUsage(response.headers["x-app-usage"]);
        if (usage !== undefined) onAppUsage(usage);
      }
      const world = response.headers[EMULATOR_WORLD];
      if (world !== undefined) onEmulatorWorld?.(world);
      const { latestSecret } = appToken;
      return readAnswer(response, call, {
        operation,
        kind,
        actsFor: userToken === undefined ? "app" : "user",
        secrets: [token, ...(call.hidden ?? []), ...(latestSecret === undefined ? [] : [latestSecret])],
        nowMs: clock.now(),
      });
    } catch (error) {
      throw kind === "read" || replaySafe ? error : inDoubt(error, operation);
    }
  };
}
