import { Pool, type buildConnector, type Dispatcher } from "undici";
import { addressOf, checkSecure, readBaseUrl, PRODUCTION_URL } from "./base-url.ts";
import { connector } from "./connector.ts";
import { Exchange } from "./exchange.ts";
import { encodeForm } from "./form.ts";
import type { GraphRequest, GraphResponse, GraphTransport } from "./transport.ts";
import { readProxy } from "./proxy.ts";
import { VeiledPaths } from "./veiled-paths.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { AbortedError, ClosedError, NoAnswerError } from "../errors/unanswered-errors.ts";
import { systemClock, type Clock } from "../runtime/clock.ts";
import { reveal } from "../secrets/secret.ts";

export interface UndiciTransportOptions {
  /** Where requests go; a path is put before every request's own. Default `https://graph.oculus.com`. */
  readonly baseUrl?: string;
  /** Lets the app secret travel unencrypted to another machine than this one. Default false: such a base URL is `bad_input`. */
  readonly allowInsecureBaseUrl?: boolean;
  /**
   * An HTTP proxy that every connection is tunnelled through, as a URL; it may hold a user and a password. Default: none.
   */
  readonly proxy?: string;
  /**
   * Carries every request in place of the pools made here, and is not closed with them. What these do besides is then its
   * own to do: never to repeat a request, to end what is given up by a reset, to keep attestation's URL from tracers.
   */
  readonly dispatcher?: Dispatcher;
  /** Sockets for writes; also the most writes that can be under way. Default 64. */
  readonly connections?: number;
  /** Sockets for reads, apart from those of writes. Default 16. */
  readonly readConnections?: number;
  /** How long one exchange may take, waiting for a socket, connecting, headers and body included, ms. Default 10 000. */
  readonly timeoutMs?: number;
  /** The largest answer taken, bytes. Default 1 048 576. */
  readonly maxAnswerBytes?: number;
  /** Default `questline`. */
  readonly userAgent?: string;
  readonly clock?: Clock;
}

const DEFAULTS = {
  baseUrl: PRODUCTION_URL,
  allowInsecureBaseUrl: false,
  connections: 64,
  readConnections: 16,
  timeoutMs: 10_000,
  maxAnswerBytes: 1_048_576,
  userAgent: "questline",
} satisfies UndiciTransportOptions;

/**
 * Carries requests over HTTP/1.1 keep-alive sockets of its own: one request per socket at a time, nothing repeated,
 * redirects not followed. HTTP/2 stays off, since undici repeats requests on it by itself. Its sockets end by a reset, so
 * that nothing of a request is on its way from here any more once `send` has rejected. A secret that must be in a URL is on
 * none of undici's diagnostics channels.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): GraphTransport {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return new UndiciTransport({ ...DEFAULTS, clock: systemClock, ...given });
}

type Made = Required<Omit<UndiciTransportOptions, "proxy" | "dispatcher">> &
  Pick<UndiciTransportOptions, "proxy" | "dispatcher">;

class UndiciTransport implements GraphTransport {
  readonly baseUrl: string;
  readonly #options: Made;
  readonly #prefix: string;
  readonly #origin: string;
  readonly #writes: Pool;
  readonly #reads: Pool;
  /** For requests whose URL holds a secret. */
  readonly #veiled: Pool;
  readonly #paths = new VeiledPaths();
  readonly #underWay = new Set<Exchange>();
  #closing: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(options: Made) {
    for (const name of ["connections", "readConnections", "timeoutMs", "maxAnswerBytes"] as const) {
      if (!Number.isSafeInteger(options[name]) || options[name] < 1) {
        throw new QuestlineError("bad_input", `undiciTransport: ${name} must be a whole number above 0.`);
      }
    }
    const { origin, prefix } = readBaseUrl(options.baseUrl);
    const proxy = options.proxy === undefined ? undefined : readProxy(options.proxy);
    checkSecure(options.baseUrl, options.allowInsecureBaseUrl, proxy?.hostname);
    this.baseUrl = addressOf(options.baseUrl);
    this.#options = options;
    this.#prefix = prefix;
    this.#origin = origin;
    const connecting = { clock: options.clock, timeoutMs: options.timeoutMs, proxy };
    const connect = connector(connecting);
    this.#writes = pool(origin, options.connections, connect);
    this.#reads = pool(origin, options.readConnections, connect);
    this.#veiled = pool(origin, options.readConnections, this.#paths.unveiling(connector(connecting)));
  }

  send(request: GraphRequest, signal?: AbortSignal): Promise<GraphResponse> {
    const refused = this.#refusal(request, signal);
    if (refused !== undefined) return Promise.reject(refused);
    const options = this.#dispatchOptions(request);
    const { dispatcher } = this.#options;
    const isVeiled = request.tokenIn === "query" && dispatcher === undefined;
    return new Promise((resolve, reject) => {
      const { clock, maxAnswerBytes } = this.#options;
      const timeoutMs = request.timeoutMs ?? this.#options.timeoutMs;
      const settled = (ended: Exchange, end: GraphResponse | Error): void => {
        this.#underWay.delete(ended);
        if (isVeiled) this.#paths.forget(options.path);
        if (this.#underWay.size === 0) this.#drained?.();
        if (end instanceof Error) reject(end);
        else resolve(end);
      };
      const exchange = new Exchange({ request, signal, clock, timeoutMs, maxAnswerBytes, settled });
      this.#underWay.add(exchange);
      const plain = request.kind === "read" ? this.#reads : this.#writes;
      if (dispatcher === undefined) (isVeiled ? this.#veiled : plain).dispatch(options, exchange);
      else dispatcher.dispatch({ ...options, origin: this.#origin }, exchange);
    });
  }

  close(graceMs?: number): Promise<void> {
    this.#closing ??= this.#drain();
    if (graceMs === undefined || this.#underWay.size === 0) return this.#closing;
    const timer = this.#options.clock.after(graceMs, () => {
      for (const exchange of this.#underWay) exchange.cutOff();
    });
    return this.#closing.finally(() => timer.cancel());
  }

  #dispatchOptions(request: GraphRequest): Dispatcher.DispatchOptions {
    const inUrl = request.tokenIn === "query";
    const form = encodeForm(inUrl ? { ...request.params, access_token: reveal(request.token) } : request.params);
    const inQuery = request.method === "GET" && form !== "";
    const headers = {
      accept: "application/json",
      ...(inUrl ? undefined : { authorization: `Bearer ${reveal(request.token)}` }),
      "user-agent": this.#options.userAgent,
      ...(request.method === "GET" ? undefined : { "content-type": "application/x-www-form-urlencoded" }),
    };
    const bare = `${this.#prefix}${request.path}`;
    const real = inQuery ? `${bare}?${form}` : bare;
    const path = inUrl && this.#options.dispatcher === undefined ? this.#paths.veil(bare, real) : real;
    return { method: request.method, path, headers, body: request.method === "GET" ? null : form };
  }

  #refusal(request: GraphRequest, signal: AbortSignal | undefined): Error | undefined {
    const { operation, notAfter } = request;
    const facts = { operation, applied: "no", transient: true, retryable: false } as const;
    if (this.#closing !== undefined) return new ClosedError(`${operation} was not sent: the client is closed.`, facts);
    if (signal?.aborted === true) return new AbortedError(`${operation} was not sent: the caller aborted it.`, facts);
    if (request.timeoutMs !== undefined && !(request.timeoutMs > 0)) {
      return new NoAnswerError(`${operation} was not sent: no time was left for it.`, { ...facts, retryable: true });
    }
    if (notAfter !== undefined && this.#options.clock.monotonic() > notAfter) {
      return new AbortedError(`${operation} was not sent: its last moment had passed.`, { ...facts, retryable: true });
    }
    return undefined;
  }

  /** Every exchange has a time limit, so this ends. */
  async #drain(): Promise<void> {
    if (this.#underWay.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    await Promise.all([this.#writes, this.#reads, this.#veiled].map((sockets) => sockets.destroy()));
  }
}

function pool(origin: string, connections: number, connect: buildConnector.connector): Pool {
  return new Pool(origin, { connections, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0, connect });
}
