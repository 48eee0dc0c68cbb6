import type { IncomingMessage, ServerResponse } from "node:http";
import type { FaultKind } from "../faults/fault.ts";
import type { FaultPlan, Trouble } from "../faults/fault-plan.ts";
import { fingerprint } from "../fingerprint.ts";
import { API_NAME } from "../graph/api-name.ts";
import { envelope, GraphError, type GraphErrorBody } from "../graph/graph-error.ts";
import { writeExactJson } from "../json/exact-json.ts";
import { type Call, resolveToken, type Token } from "../operations/call.ts";
import type { OperationName } from "../operations/operation-list.ts";
import { handlers, operationOf, segmentsOf } from "../operations/route.ts";
import type { EffectCounter } from "../oracle.ts";
import type { OpenEntry, RequestRecorder } from "../request-log.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Random, randomText } from "../runtime/random.ts";
import type { SwitchBoard } from "../switches.ts";
import type { EmulatedWorld } from "../world/world.ts";
import { type Answer, garbageAnswer, resetConnection, sendAnswer, sendTruncated } from "./answer.ts";
import { readBody, readParameters, type ReadRequest } from "./read-parameters.ts";
import { redactedMethod, redactedParameters, redactedPath } from "./redact.ts";
import { isSecret } from "./secret-text.ts";

export interface GraphHandlerOptions {
  readonly world: EmulatedWorld;
  readonly faults: FaultPlan;
  readonly log: RequestRecorder;
  readonly oracle: EffectCounter;
  readonly switches: SwitchBoard;
  readonly clock: Clock;
  readonly random: Random;
  /** The emulator's address, known once it listens. */
  readonly url: () => string;
}

export interface GraphHandler {
  handle(incoming: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Cuts the connections that wait for a fault's time. */
  dropWaiting(): void;
}

export function createGraphHandler(options: GraphHandlerOptions): GraphHandler {
  return new Handler(options);
}

/** Names the world that answers. */
const WORLD_ID_HEADER = "x-questline-emulator-world";
const USER_ID = /^\d{1,20}$/;

/** One request on its way: read, logged, not yet carried out. */
interface Exchange {
  readonly operation: OperationName;
  readonly request: ReadRequest;
  readonly segments: readonly string[];
  readonly token: Token;
  readonly trouble: Trouble;
  readonly entry: OpenEntry;
  readonly response: ServerResponse;
  /** What comes only once the connection is gone. */
  afterEnd: (() => void) | undefined;
}

/**
 * Read the request, log it, meet its fault, carry it out, answer. Carrying out is one synchronous step, whenever it
 * happens: nothing may wait between reading the world and changing it. A connection may end at any time, by either side;
 * a late effect counts its time from there.
 */
class Handler implements GraphHandler {
  readonly #options: GraphHandlerOptions;
  readonly #waiting = new Set<Exchange>();

  constructor(options: GraphHandlerOptions) {
    this.#options = options;
  }

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const request = await readParameters(incoming, body);
    if (body === undefined) response.setHeader("connection", "close");
    const exchange = this.#open(request, response);
    response.once("close", () => {
      if (!response.writableFinished) this.#ended(exchange);
    });
    this.#after(exchange, exchange.trouble.waitBefore, () => this.#meet(exchange));
  }

  dropWaiting(): void {
    for (const exchange of this.#waiting) {
      exchange.afterEnd = undefined;
      this.#cut(exchange);
    }
    this.#waiting.clear();
  }

  #open(request: ReadRequest, response: ServerResponse): Exchange {
    const { world, faults, log, clock, switches } = this.#options;
    const at = clock.now();
    response.setHeader(WORLD_ID_HEADER, world.id);
    const segments = segmentsOf(request.path);
    const { method, parameters } = request;
    const apiName = onlyIf(API_NAME, parameters.text("api_name"));
    const token = resolveToken(world.state, request.token, at);
    const operation = operationOf({ method, segments, parameters, token, state: world.state });
    const userId = subjectOf(request, segments, token, operation);
    const trouble = faults.meet({
      operation,
      userId,
      limit: rowsAskedFor(parameters.text("limit"), switches.get().pageSize),
    });
    const entry = log.open({
      at,
      operation,
      method: redactedMethod(request.method),
      path: redactedPath(request.path, world.state),
      params: redactedParameters(request.parameters, token.kind, world.state),
      tokenKind: token.kind,
      token: request.token ? fingerprint(token.kind, request.token) : undefined,
      userId,
      apiName: apiName !== undefined && isSecret(apiName, world.state) ? undefined : apiName,
      fault: trouble.name,
    });
    return { operation, request, segments, token, trouble, entry, response, afterEnd: undefined };
  }

  #meet(exchange: Exchange): void {
    const { fault } = exchange.trouble;
    switch (fault?.kind) {
      case "resetBefore":
        return this.#cut(exchange);
      case "delayedEffect":
        return this.#carryOutAfterEnd(exchange, fault);
      case "status":
      case "throttle":
        return this.#answer(exchange, this.#refusal(fault));
      default:
        return this.#carryOutAndAnswer(exchange, fault);
    }
  }

  #carryOutAfterEnd(exchange: Exchange, { ms, hang }: Extract<FaultKind, { readonly kind: "delayedEffect" }>): void {
    const { clock } = this.#options;
    const { entry } = exchange;
    exchange.afterEnd = () => {
      this.#waiting.delete(exchange);
      clock.schedule(Math.max(0, (entry.endedAt ?? 0) + ms - clock.now()), () => this.#carryOut(exchange, 0));
    };
    this.#waiting.add(exchange);
    if (hang !== true) this.#cut(exchange);
    else if (entry.endedAt !== undefined) this.#ended(exchange);
  }

  #carryOutAndAnswer(exchange: Exchange, fault: FaultKind | undefined): void {
    const answer = this.#carryOut(exchange, fault?.kind === "laggingReads" ? fault.ms : 0);
    this.#after(exchange, exchange.trouble.waitAfter, () => {
      switch (fault?.kind) {
        case "resetAfter":
          if (fault.truncated !== true) return this.#cut(exchange);
          this.#options.log.finish(exchange.entry, null);
          return sendTruncated(exchange.response, answer);
        case "garbage":
          return this.#answer(exchange, garbageAnswer(fault));
        case "empty":
          return this.#answer(exchange, { status: 200, body: "" });
        case "effectThenStatus":
          return this.#answer(exchange, this.#refusal({ kind: "status", status: fault.status ?? 500 }));
        default:
          return this.#answer(exchange, answer);
      }
    });
  }

  #carryOut(exchange: Exchange, lagMs: number): Answer {
    const { world, switches, oracle, clock, url, log } = this.#options;
    const { request, segments, entry } = exchange;
    const now = clock.now();
    const call: Call = {
      method: request.method,
      segments,
      parameters: request.parameters,
      // Resolved anew: the token may have expired, or the secret changed, while the request waited.
      token: resolveToken(world.state, request.token, now),
      tokenText: request.token,
      state: world.state,
      switches: switches.get(),
      oracle,
      now,
      url: url(),
      lagMs,
      mintText: (length) => randomText(this.#options.random, length),
      tookEffect: () => log.tookEffect(entry, now),
    };
    if (lagMs > 0) entry.lagMs = lagMs;
    try {
      if (request.problem !== undefined) throw request.problem;
      return { status: 200, body: writeExactJson(handlers[exchange.operation](call)) };
    } catch (error) {
      if (error instanceof GraphError) return this.#errorAnswer(error.status, error.body);
      return this.#errorAnswer(500, { message: "An unknown error occurred", code: 1 });
    }
  }

  #refusal(fault: Extract<FaultKind, { readonly kind: "status" | "throttle" }>): Answer {
    if (fault.kind === "throttle") {
      const { status = 429, code = 4, retryAfterSeconds } = fault;
      const retryAfter = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
      const headers = { ...fault.headers, ...retryAfter };
      return { ...this.#errorAnswer(status, { message: `(#${code}) Request limit reached`, code }), headers };
    }
    const { message = "Service temporarily unavailable", ...rest } = fault.error ?? { code: 2, is_transient: true };
    return { ...this.#errorAnswer(fault.status, { message, ...rest }), headers: fault.headers ?? {} };
  }

  #errorAnswer(status: number, body: GraphErrorBody): Answer {
    return { status, body: writeExactJson(envelope(body, this.#options.random)) };
  }

  #answer(exchange: Exchange, answer: Answer): void {
    this.#options.log.finish(exchange.entry, answer.status);
    sendAnswer(exchange.response, answer);
  }

  /** The reset leaves in this very step, so this is the end of the connection. */
  #cut(exchange: Exchange): void {
    resetConnection(exchange.response);
    this.#ended(exchange);
  }

  #ended(exchange: Exchange): void {
    const { log, clock } = this.#options;
    log.lost(exchange.entry, clock.now());
    const { afterEnd } = exchange;
    exchange.afterEnd = undefined;
    afterEnd?.();
  }

  #after(exchange: Exchange, ms: number, run: () => void): void {
    if (ms === 0) return run();
    this.#waiting.add(exchange);
    this.#options.clock.schedule(ms, () => {
      this.#waiting.delete(exchange);
      run();
    });
  }
}

/** Whom a request is about: the user in the path, in `user_id`, or behind the token. */
function subjectOf(
  { parameters }: ReadRequest,
  segments: readonly string[],
  token: Token,
  operation: OperationName,
): string | undefined {
  const own = token.kind === "user" ? token.user.id : undefined;
  if (
    operation === "achievements.write" ||
    operation === "achievements.read" ||
    operation === "users.get" ||
    operation === "federatedUsers.get"
  ) {
    return segments[0] === "me" ? own : onlyIf(USER_ID, segments[0]);
  }
  return onlyIf(USER_ID, parameters.text("user_id") ?? parameters.text("owner_id")) ?? own;
}

function rowsAskedFor(limit: string | undefined, otherwise: number): number {
  return limit !== undefined && /^\d{1,9}$/.test(limit) ? Number(limit) : otherwise;
}

/** Anything else in a place for names and ids could be a secret, and stays out of the log. */
function onlyIf(pattern: RegExp, text: string | undefined): string | undefined {
  return text !== undefined && pattern.test(text) ? text : undefined;
}
