import { graphPlatform } from "./deliver-intent.ts";
import { newCounters, sumOf } from "./delivery/counters.ts";
import type { Counters } from "./delivery/counters.ts";
import { Outbox } from "./delivery/outbox.ts";
import type { Feed } from "./delivery/feed.ts";
import type { Delivery } from "./delivery/outbox.ts";
import type { DeliveryPolicy } from "./delivery/policy.ts";
import type { Sabotage } from "./delivery/sabotage.ts";
import { engineIn } from "./engine/engine.ts";
import { orphansOf } from "./graph/base-url.ts";
import type { AppUsage } from "./graph/app-usage.ts";
import type { QuestlineError } from "./errors/questline-error.ts";
import type { GraphClient } from "./graph/graph-client.ts";
import type { Identity } from "./identity/identity.ts";
import type { Settings } from "./options.ts";
import { DefinitionsBook } from "./platform-definitions.ts";
import type { OwnDefinitions, PlatformDefinitions } from "./platform-definitions.ts";
import type { Clock } from "./runtime/clock.ts";
import { systemClock } from "./runtime/clock.ts";
import { systemRandom } from "./runtime/random.ts";
import { reveal } from "./secrets/secret.ts";
import type { LaneStore } from "./store/lane-store.ts";
import { fileOf } from "./store/sqlite-store.ts";
import type { ThreadFile } from "./store/store-calls.ts";
import { TokenVault } from "./token-vault.ts";

export interface OpenDeliveryParts {
  readonly settings: Settings;
  readonly policy: DeliveryPolicy;
  /** Steady. */
  readonly clock: Clock;
  readonly graph: GraphClient;
  /** What its answers say of the app's usage. */
  readonly usage: Feed<AppUsage>;
  readonly identity: Identity;
  readonly own: OwnDefinitions;
  readonly closing: AbortController;
  readonly sabotage: Sabotage | undefined;
}

/** Where results are kept and delivered from. */
export interface OpenDelivery {
  readonly store: LaneStore;
  readonly outbox: Delivery;
  readonly tokens: TokenVault;
  /** What reports count here. */
  readonly counters: Counters;
  /** With what deliveries count, wherever they run. */
  total(): Counters;
  /** What is known of the platform's definitions by now; nothing is delivered before it is told once. */
  learn(known: PlatformDefinitions): void;
  /** Resolves when results can be kept no longer, though nobody closed anything. */
  readonly lost: Promise<QuestlineError>;
  /** How often the thread that delivers was started again, and whether it is just being. */
  restarts(): { readonly count: number; readonly underWay: boolean };
}

/**
 * Results in a file are delivered in a thread of their own, beside the file; those in memory here. So are those whose
 * time, chance or secret is handed in as code, which cannot travel.
 */
export function openDelivery(parts: OpenDeliveryParts): OpenDelivery {
  const { settings, policy } = parts;
  const { app, secret, graph, store, clock, random } = settings;
  const place = fileOf(store);
  const isOwnTime = clock !== systemClock || random !== systemRandom;
  const cannotTravel = typeof secret === "function" || graph.dispatcher !== undefined;
  if (place === undefined || cannotTravel || (isOwnTime && place.probeModule === undefined)) return here(parts);
  const text = typeof secret === "string" ? secret : reveal(secret);
  const { own, sabotage } = parts;
  return inThread(parts, { store: place, app, secret: text, graph, policy, own, sabotage });
}

function here(parts: OpenDeliveryParts): OpenDelivery {
  const { settings, policy, clock, graph, usage, identity, own, closing, sabotage } = parts;
  const { app, store, logger, random, sealer } = settings;
  const counters = newCounters();
  const tokens = new TokenVault({ app, identity, store, clock, logger, sealer });
  const definitions = new DefinitionsBook(own);
  const platform = graphPlatform({ graph, tokens, definitions, clock, usage });
  const outbox = new Outbox({
    store,
    platform,
    policy,
    clock,
    random,
    logger,
    counters,
    abort: closing,
    orphans: orphansOf(settings.graph.baseUrl),
    sabotage,
  });
  return {
    store,
    outbox,
    tokens,
    counters,
    total: () => ({ ...counters }),
    learn: (known) => definitions.learn(known),
    lost: store.lost ?? new Promise(() => undefined),
    restarts: () => ({ count: 0, underWay: false }),
  };
}

function inThread(
  { settings, clock, identity }: OpenDeliveryParts,
  start: Parameters<typeof engineIn>[0]["start"] & { readonly store: ThreadFile },
): OpenDelivery {
  const { app, logger, sealer } = settings;
  const engine = engineIn({ start, clock, logger });
  const tokens = new TokenVault({ app, identity, store: engine.store, clock, logger, sealer });
  engine.useTokens(tokens);
  const counters = newCounters();
  return {
    store: engine.store,
    outbox: engine.delivery,
    tokens,
    counters,
    total: () => sumOf(counters, engine.counters()),
    learn: (known) => engine.learn(known),
    lost: engine.failed,
    restarts: () => engine.restarts,
  };
}
