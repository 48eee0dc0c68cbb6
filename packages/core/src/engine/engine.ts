import { Worker } from "node:worker_threads";
import { Beat } from "../delivery/beat.ts";
import { newCounters } from "../delivery/counters.ts";
import type { Counters } from "../delivery/counters.ts";
import { createFeed } from "../delivery/feed.ts";
import { Intake } from "../delivery/intake.ts";
import type { Delivery } from "../delivery/outbox.ts";
import type { FiringEnd } from "../delivery/settle-waiters.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { reveal, secret } from "../secrets/secret.ts";
import { Connection } from "../store/connection.ts";
import type { LaneStore } from "../store/lane-store.ts";
import { packFiring } from "../store/packed-firing.ts";
import { askedVerbs } from "../store/remote-store.ts";
import type { TokenVault } from "../token-vault.ts";
import type { PlatformDefinitions } from "../platform-definitions.ts";
import type { EngineEvent, EngineStart, EngineVerb } from "./engine-messages.ts";

/** What lies in one turn of a game's loop and the next goes to the engine together. */
const GATHER_MS = 4;

/** What is under way lives for a few turns; collected less often, less of it is copied, beside the rooms' own collections. */
const YOUNG_MB = 96;

export interface EngineParts {
  readonly start: EngineStart;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The game thread's end of the engine: an outbox and a store that are somewhere else. */
export interface Engine {
  readonly delivery: Delivery;
  /** For what people ask; never opened nor closed by itself. */
  readonly store: LaneStore;
  /** What the engine counted, as of what it said last. */
  readonly counters: Counters;
  /** What is known of the platform's definitions by now; the engine delivers nothing before it is told once. */
  learn(known: PlatformDefinitions): void;
  /** Whose tokens the engine asks for. */
  useTokens(tokens: Pick<TokenVault, "ready" | "tokenOf" | "forget">): void;
}

/** Starts nothing yet: the thread comes with `delivery.open()`. */
export function engineIn({ start, clock, logger }: EngineParts): Engine {
  const counters = newCounters();
  const ended: Delivery["ended"] = createFeed("outcomes", logger);
  const tokenWanted: Delivery["tokenWanted"] = createFeed("token wanted", logger);
  let tokens: Pick<TokenVault, "ready" | "tokenOf" | "forget"> | undefined;
  let definitions: PlatformDefinitions | undefined;
  let isOpen = false;

  const hear = (event: EngineEvent): void => {
    switch (event.is) {
      case "ended":
        return ended.emit(event.ended);
      case "counters":
        return void Object.assign(counters, event.counters);
      case "token-wanted":
        return tokenWanted.emit(event.wish);
      case "token-needed":
        return void hand(event.number, event.user);
      case "token-refused":
        return void tokens?.forget(event.user, secret("user-token", event.token));
      case "log":
        return speak(event);
    }
  };
  const speak = ({ level, fields, message }: Extract<EngineEvent, { is: "log" }>): void => {
    try {
      logger[level](fields, message);
    } catch {
      // There is nowhere left to say it.
    }
  };
  const hand = async (number: number, user: string): Promise<void> => {
    const isThere = (await tokens?.ready(user)) === true;
    const token = isThere ? tokens?.tokenOf(user) : undefined;
    connection.tell("engine:token", [number, token && reveal(token)]);
  };
  const tellDefinitions = (): void => {
    if (definitions !== undefined) connection.tell("engine:definitions", [definitions]);
  };
  const connection = new Connection<EngineVerb, EngineEvent>(() => startThread(start), hear);

  const accept: LaneStore["accept"] = (reports) =>
    connection.ask("engine:accept", [reports.map((report) => report.map(packFiring)), clock.now()]);
  const intake = new Intake({
    store: { accept },
    clock,
    beat: new Beat({ clock, everyMs: GATHER_MS, most: start.policy.concurrency }),
    maxQueued: start.policy.maxQueued,
    onDue: () => undefined,
    sabotage: start.sabotage,
  });

  return {
    counters,
    useTokens: (used) => void (tokens = used),
    learn(known) {
      definitions = known;
      if (isOpen) tellDefinitions();
    },
    store: {
      open: () => Promise.reject(new TypeError("The engine opens its store.")),
      accept,
      ...askedVerbs((verb, args) => connection.ask(verb, args)),
      close: async () => undefined,
    },
    delivery: {
      ended,
      tokenWanted,
      async open() {
        try {
          await connection.open("engine:open", []);
          intake.open();
          isOpen = true;
          tellDefinitions();
        } catch (error) {
          intake.fail(error);
          throw error;
        }
      },
      take: (firings, told) => intake.take(firings, told),
      settled: (key, seq) =>
        connection.ask<FiringEnd>("engine:settled", [key, seq], true).catch((): FiringEnd => ({ status: "owed" })),
      wake: (_app, user) => connection.ask("engine:wake", [user]),
      kick: () => connection.tell("engine:kick", []),
      prefetch: (user) => connection.ask<void>("engine:prefetch", [user], true).catch(() => undefined),
      forgetProgress: (_app, user, heldForMs) => connection.ask("engine:forgetProgress", [user, heldForMs]),
      async flush() {
        await intake.empty();
        await connection.ask("engine:flush", []);
      },
      owed: () => connection.ask("engine:owed", []),
      async close(timeoutMs) {
        await intake.empty();
        return (await connection.close("engine:close", [timeoutMs])) as Awaited<ReturnType<Delivery["close"]>>;
      },
    },
  };
}

function startThread(start: EngineStart): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const thread = new URL(`./engine-thread.${extension}`, import.meta.url);
  return new Worker(thread, {
    workerData: start,
    name: "questline",
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
}
