import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as colyseus from "@colyseus/core";
import { ServerError, type Endpoint } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { isNewerThan016 } from "./colyseus-version.ts";
import { requestAddress } from "./request-address.ts";
import { mintJwt } from "./colyseus-jwt.ts";
import { hubOf } from "./hub.ts";
import { warn, wordsOf } from "./log.ts";
import type { Player } from "./player.ts";
import { AddressGates } from "./rate-gate.ts";
import { credentialMissing } from "./refuse-join.ts";
import { readJsonBody } from "./read-json-body.ts";
import { readTokenHeader } from "./take-credential.ts";
import { systemClock, type Clock } from "./runtime/clock.ts";
import { verifyFrom } from "./verify-player.ts";

export interface QuestlineEndpointsOptions {
  /** Where the endpoint is: `POST <prefix>/token`. Default `/questline`. */
  readonly prefix?: string;
  /** How long a Colyseus token is good, seconds. It travels in URLs, so not for long. Default 3600. */
  readonly expiresInSeconds?: number;
  /** Posts of one address in a minute, by this process, or of all that have none. Default 120, or 600. */
  readonly mostPerMinute?: number;
  /** Posts of one address at the same time, or of all that have none. Default 16, or 32. */
  readonly mostAtOnce?: number;
  /**
   * The game's own check, after Meta vouched for the player: an object of claims to add to the token, `true` to add
   * nothing, `false` or `null` to refuse (403); or throw a `ServerError`. Default: everybody gets a token.
   */
  readonly then?: (player: Player) => object | boolean | null | Promise<object | boolean | null>;
}

/** Where a request's connection comes from, under a name that no client can guess. */
const PEER = `x-peer-${randomUUID()}`;

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** An endpoint map to spread into `createRouter`, and middleware for Express. */
export type QuestlineEndpoints = Middleware & { readonly "questline-token": Endpoint };

/**
 * `POST /questline/token` takes a proof of Meta's and answers a Colyseus token for `sdk.auth.token`: for clients that
 * cannot send headers. Body: `{ metaToken }` or `{ metaUserId, metaNonce }`, JSON. Answer: `{ token, user: { id, alias? },
 * expiresIn }`; otherwise `{ error }` with 400, 401, 403, 413, 415, 429 or 503.
 *
 * `createRouter({ ...questlineEndpoints(questline) })`, or `app.use(questlineEndpoints(questline))` in Express. Needs
 * `@colyseus/auth`, and its `JWT.settings.secret` or `JWT_SECRET`. Throws TypeError for options that cannot be used, and
 * with Colyseus 0.16.
 */
export function questlineEndpoints<E extends Events, A extends Achievements, L extends Leaderboards>(
  questline: Questline<E, A, L>,
  options: QuestlineEndpointsOptions = {},
): QuestlineEndpoints {
  return endpointsWith(questline, options, systemClock);
}

/** `questlineEndpoints` by a clock of the caller's. */
export function endpointsWith<E extends Events, A extends Achievements, L extends Leaderboards>(
  questline: Questline<E, A, L>,
  options: QuestlineEndpointsOptions,
  clock: Clock,
): QuestlineEndpoints {
  hubOf(questline);
  if (!isNewerThan016)
    throw new TypeError(
      "questlineEndpoints needs Colyseus 0.17 or newer: on 0.16 send the proof as a header or join option.",
    );
  const { prefix = "/questline", expiresInSeconds = 3_600, mostPerMinute, mostAtOnce, then } = options;
  for (const [name, value] of Object.entries({ expiresInSeconds, mostPerMinute, mostAtOnce })) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1))
      throw new TypeError(`${name} must be a whole number above 0.`);
  }
  if (!/^(\/[\w-]+)*$/.test(prefix)) throw new TypeError('prefix must be a path such as "/questline", or "".');
  const gates = new AddressGates(
    {
      each: { mostPerMinute: mostPerMinute ?? 120, mostAtOnce: mostAtOnce ?? 16 },
      unknown: { mostPerMinute: mostPerMinute ?? 600, mostAtOnce: mostAtOnce ?? 32 },
    },
    clock,
  );

  const exchange = async (request: Request | undefined): Promise<Response> => {
    const from = request && requestAddress(request.headers, request.headers.get(PEER) ?? undefined);
    const read = await readJsonBody(request);
    if ("problem" in read) return answer(read.status, { error: read.problem });
    // What brings nothing costs nothing.
    if (!bringsProof(request, read.body)) throw credentialMissing();
    const passed = await gates.of(from).pass(async () => {
      const player = await verifyFrom(questline, undefined, read.body, request, from);
      const added = then ? await then({ ...player }) : true;
      if (added === false || added === null) throw new ServerError(403, "This player may not join.");
      const claims = added === true ? {} : added;
      const token = await mintJwt(questline.users, player, expiresInSeconds, claims);
      return answer(200, { token, user: player, expiresIn: expiresInSeconds });
    });
    if (passed instanceof Response) return passed;
    return answer(
      429,
      { error: "Too many at once. Try again in a moment." },
      { "retry-after": `${passed.waitSeconds}` },
    );
  };

  const path = `${prefix}/token`;
  const endpoints = {
    "questline-token": colyseus.createEndpoint(path, { method: "POST", disableBody: true }, async ({ request }) =>
      exchange(request).catch(failed),
    ),
  };
  return Object.assign(asMiddleware(path, endpoints), endpoints);
}

function bringsProof(request: Request | undefined, body: object): boolean {
  return readTokenHeader(request).kind !== "none" || "metaToken" in body || "metaNonce" in body || "metaUserId" in body;
}

/** A refusal is the client's to read; anything else is for the log. */
function failed(error: unknown): Response {
  // By its members, since the game's own may be another copy's.
  const { name, code, message } = Object(error) as Partial<ServerError>;
  if (name === "ServerError" && code !== undefined && code >= 400 && code < 600)
    return answer(code, { error: message });
  warn("a Colyseus token could not be given", { error: wordsOf(error) });
  return answer(503, { error: "This server cannot give a Colyseus token now." });
}

function answer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}

/** Express strips the path it is mounted at from `url`; the endpoint knows its own path only. */
function asMiddleware(path: string, endpoints: Readonly<Record<string, Endpoint>>): Middleware {
  const handle = colyseus.toNodeHandler(colyseus.createRouter(endpoints).handler);
  const rebase = async (request: IncomingMessage, response: ServerResponse, next: (error: unknown) => void) => {
    const own = { value: path, enumerable: true, configurable: true };
    const rebased: typeof request = Object.create(request, {
      url: own,
      originalUrl: own,
      baseUrl: { ...own, value: "" },
      headers: { ...own, value: { ...request.headers, [PEER]: request.socket.remoteAddress ?? "" } },
    });
    try {
      await handle(rebased, response);
    } catch (error) {
      next(error);
    }
  };
  return (request, response, next) => {
    const [asked] = (request.url ?? "").split("?", 1);
    if (request.method === "POST" && asked === path) void rebase(request, response, next);
    else next();
  };
}
