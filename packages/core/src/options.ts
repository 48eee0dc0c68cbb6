import type { Dispatcher } from "undici";
import { deliveryPolicy } from "./delivery/policy.ts";
import type { DeliveryOptions, DeliveryPolicy } from "./delivery/policy.ts";
import type { Achievements, Leaderboards } from "./catalogue/definitions.ts";
import type { Events } from "./catalogue/events.ts";
import { QuestlineError } from "./errors/questline-error.ts";
import { asAppId, shownId } from "./ids/ids.ts";
import type { AppId } from "./ids/ids.ts";
import { PRODUCTION_URL } from "./graph/base-url.ts";
import { proxyOf } from "./graph/proxy.ts";
import type { QuestlineDefinition } from "./rules/rule-book.ts";
import { systemClock } from "./runtime/clock.ts";
import type { Clock } from "./runtime/clock.ts";
import { stderrLogger } from "./runtime/log.ts";
import { DEFAULT_PROOF_LIMITS } from "./identity/proof-gate.ts";
import type { ProofLimits } from "./identity/proof-gate.ts";
import type { Logger } from "./runtime/log.ts";
import { systemRandom } from "./runtime/random.ts";
import type { Random } from "./runtime/random.ts";
import { aesSealer, changingSealer, sealingKey } from "./secrets/seal.ts";
import type { Sealer } from "./secrets/seal.ts";
import type { Secret } from "./secrets/secret.ts";
import type { LaneStore } from "./store/lane-store.ts";

/** The app at Meta. */
export interface AppOptions {
  /** App id as decimal text. */
  readonly id: string;
  /**
   * The app secret; a function is asked at each request, so that a regenerated secret takes effect without a restart. A
   * function cannot travel: results are then delivered in the thread that made this Questline, not beside their file.
   */
  readonly secret: AppSecret | (() => AppSecret | Promise<AppSecret>);
}

export type AppSecret = string | Secret;

export interface GraphOptions {
  /** Where the platform is. Default `https://graph.oculus.com`. */
  readonly baseUrl?: string;
  /** Lets the app secret travel unencrypted to another machine than this one. Default false: such a base URL is `bad_input`. */
  readonly allowInsecureBaseUrl?: boolean;
  /** How long one exchange may take, waiting for a socket included, ms. Default 10 000. */
  readonly timeoutMs?: number;
  /**
   * An HTTP proxy that every connection is tunnelled through, such as `http://user:password@proxy.example:3128`. Default:
   * with `NODE_USE_ENV_PROXY=1`, what `HTTPS_PROXY` (or `HTTP_PROXY`) and `NO_PROXY` say; otherwise none.
   */
  readonly proxy?: string;
  /**
   * An undici dispatcher that carries every request, for networks that take more than a proxy. Results are then delivered in
   * the thread that made this Questline. It must not repeat requests, and should end what is given up by a reset.
   */
  readonly dispatcher?: Dispatcher;
}

export interface TokenOptions {
  /**
   * 32 bytes, or their base64 or hex: players' tokens are kept in the store under AES-256-GCM, so that scores written with
   * them survive a restart. Without a key no token is ever written, and such scores wait until the player is back.
   */
  readonly key: string | Uint8Array;
  /**
   * The key before, while it is being changed: what it sealed can still be read, and is sealed with `key` as it is used.
   * Leave it out once every player who is to keep a token has been back, or after `delivery.retentionMs`.
   */
  readonly previousKey?: string | Uint8Array;
}

export interface QuestlineOptions<
  E extends Events,
  A extends Achievements,
  L extends Leaderboards,
> extends QuestlineDefinition<E, A, L> {
  readonly app: AppOptions;
  /** The app's federated twin, with an id and a secret of its own: only for `graph.federatedUsers`. */
  readonly federatedApp?: AppOptions;
  /** Where results live until they are delivered: `sqliteStore(path)`, or `memoryStore()` for tests. */
  readonly store: LaneStore;
  readonly delivery?: DeliveryOptions;
  readonly graph?: GraphOptions;
  readonly tokens?: TokenOptions;
  /** How many proofs of who players are Meta is asked about. */
  readonly identity?: ProofLimits;
  /** pino, console and Colyseus's logger fit. Default: warnings and errors on stderr. */
  readonly logger?: Logger;
  /** For tests. Default: the machine's. With one of your own, results are delivered in this thread, not beside their file. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Options with their defaults, checked. */
export interface Settings {
  readonly app: AppId;
  readonly secret: AppOptions["secret"];
  readonly store: LaneStore;
  readonly policy: DeliveryPolicy;
  readonly graph: GraphOptions;
  readonly sealer: Sealer | undefined;
  readonly limits: Required<ProofLimits>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** Checks what the compiler cannot. Throws `bad_input` naming the option and what to do. */
export function readOptions<E extends Events, A extends Achievements, L extends Leaderboards>(
  options: QuestlineOptions<E, A, L>,
): Settings {
  if (typeof options !== "object" || options === null) throw refused("createQuestline needs one object of options.");
  const { app, store, logger = stderrLogger } = options;
  const id = asAppId(app?.id);
  if (id === undefined) throw refused(`app.id must be the app id as decimal text; got ${shownId(app?.id)}.`);
  if (!isSecretSource(app.secret)) {
    throw refused("app.secret must be the app secret as text, a secret(), or a function that gives one.");
  }
  if (typeof store?.accept !== "function") {
    throw refused("store is missing: pass sqliteStore(path), or memoryStore() where nothing needs to survive.");
  }
  for (const level of LOG_LEVELS) {
    if (typeof logger[level] !== "function") throw refused(`logger.${level} must be a function (fields, message).`);
  }
  return {
    app: id,
    secret: app.secret,
    store,
    policy: deliveryPolicy(options.delivery),
    graph: readGraph(options.graph),
    sealer: options.tokens === undefined ? undefined : readSealer(options.tokens),
    limits: readLimits(options.identity),
    logger,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  };
}

function readGraph(graph: GraphOptions = {}): GraphOptions {
  const { baseUrl = PRODUCTION_URL, dispatcher } = graph;
  if (dispatcher !== undefined && typeof dispatcher?.dispatch !== "function")
    throw refused("graph.dispatcher must be an undici dispatcher, such as new ProxyAgent(...).");
  if (graph.proxy !== undefined || dispatcher !== undefined || !URL.canParse(baseUrl)) return graph;
  const proxy = proxyOf(new URL(baseUrl), process.env);
  return proxy === undefined ? graph : { ...graph, proxy };
}

function readLimits(given: ProofLimits = {}): Required<ProofLimits> {
  const limits = { ...DEFAULT_PROOF_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits))
    if (!Number.isSafeInteger(value) || value < 1) throw refused(`identity.${name} must be a whole number above 0.`);
  return limits;
}

function readSealer(tokens: TokenOptions): Sealer {
  const keys = (["key", "previousKey"] as const).map((name) => {
    if (name === "previousKey" && tokens.previousKey === undefined) return undefined;
    const key = sealingKey(tokens[name]);
    if (key === undefined) throw refused(`tokens.${name} must be 32 bytes, or the base64 or hex of 32 bytes.`);
    return aesSealer(key);
  });
  const [sealer, previous] = keys as [Sealer, Sealer | undefined];
  return previous === undefined ? sealer : changingSealer(sealer, previous);
}

function isSecretSource(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  return typeof value === "function" || (typeof value === "object" && value !== null && "fingerprint" in value);
}

function refused(message: string): QuestlineError {
  return new QuestlineError("bad_input", message);
}
