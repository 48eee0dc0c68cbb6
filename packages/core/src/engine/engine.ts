import type { Worker } from "node:worker_threads";
import { Beat } from "../delivery/beat.ts";
import { newCounters, sumOf } from "../delivery/counters.ts";
import type { Counters } from "../delivery/counters.ts";
import { createFeed } from "../delivery/feed.ts";
import { Intake } from "../delivery/intake.ts";
import type { Delivery } from "../delivery/outbox.ts";
import type { FiringEnd } from "../delivery/settle-waiters.ts";
import type { StoreProblem } from "../delivery/store-problem.ts";
import type { Reason } from "../intent/outcome.ts";
import type { Throttle } from "../resilience/governor.ts";
import type { QuestlineError } from "../errors/questline-error.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { startThread, threadFile } from "../runtime/thread.ts";
import { scrub } from "../secrets/scrub.ts";
import { reveal, secret } from "../secrets/secret.ts";
import type { Connection } from "../store/connection.ts";
import type { LaneStore } from "../store/lane-store.ts";
import { packFiring } from "../store/packed-firing.ts";
import { askedVerbs } from "../store/remote-store.ts";
import type { TokenVault } from "../token-vault.ts";
import type { PlatformDefinitions } from "../platform-definitions.ts";
import type { EngineEvent, EngineStart, EngineVerb } from "./engine-messages.ts";
import { handOver } from "./hand-over.ts";
import { Supervisor } from "./supervisor.ts";

/** What lies in one turn of a game's loop and the next goes to the engine together. */
const GATHER_MS = 4;

/** What is under way lives for a few turns; collected less often, less of it is copied, beside the rooms' own collections. */
const YOUNG_MB = 96;

/** What a thread may be asked though the one before it may have done it already. */
const REPEATABLE: ReadonlySet<EngineVerb> = new Set<EngineVerb>([
  "engine:settled",
  "engine:wake",
  "engine:prefetch",
  "engine:forgetProgress",
  "engine:flush",
  "engine:owed",
  "acknowledge",
  "announcements",
  "deadLetters",
  "dropToken",
  "ended",
  "inspect",
  "keepToken",
  "remembered",
  "sealedToken",
  "stands",
]);

type EngineThread = Connection<EngineVerb, EngineEvent>;

/** The module of its thread; undefined where a bundler has left it out. */
export const engineFile = (): URL | undefined => threadFile("engine-thread", import.meta.url);

export interface EngineParts {
  /** `engineFile()`. */
  readonly file: URL;
  readonly start: EngineStart;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The game thread's end of the engine: an outbox and a store that are somewhere else. */
export interface Engine {
  readonly delivery: Delivery;
  /** For what people ask; never opened nor closed by itself. */
  readonly store: LaneStore;
  /** Resolves when its thread has ended too often, or can never be started. */
  readonly failed: Promise<QuestlineError>;
  readonly restarts: Supervisor<EngineVerb, EngineEvent>["restarts"];
  /** What the engine counted, as of what it said last; also in threads that have ended. */
  counters(): Counters;
  /** What is known of the platform's definitions by now; the engine delivers nothing before it is told once. */
  learn(known: PlatformDefinitions): void;
  /** Whose tokens the engine asks for. */
  useTokens(tokens: Pick<TokenVault, "ready" | "tokenOf" | "forget">): void;
}

/** Starts nothing yet: the thread comes with `delivery.open()`. */
export function engineIn({ file, start, clock, logger }: EngineParts): Engine {
  let counted = newCounters();
  let countedBefore = newCounters();
  const { concurrency } = start.policy;
  let throttle: Throttle<Reason> = {
    state: "open",
    limit: concurrency,
    maxLimit: concurrency,
    inUse: 0,
    waiting: 0,
  };
  const ended: Delivery["ended"] = createFeed("outcomes", logger);
  const tokenWanted: Delivery["tokenWanted"] = createFeed("token wanted", logger);
  let tokens: Pick<TokenVault, "ready" | "tokenOf" | "forget"> | undefined;
  let definitions: PlatformDefinitions | undefined;
  let problem: StoreProblem | undefined;

  const hear = (event: EngineEvent, thread: EngineThread): void => {
    switch (event.is) {
      case "started":
        return;
      case "ended":
        return ended.emit(event.ended);
      case "counters":
        return void (counted = event.counters);
      case "throttle":
        return void (throttle = event.throttle);
      case "problem":
        return void (problem = event.problem);
      case "token-wanted":
        return tokenWanted.emit(event.wish);
      case "token-needed":
        return void hand(thread, event.number, event.user);
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
  /** To the thread that asked: the next one counts its questions anew. */
  const hand = async (thread: EngineThread, number: number, user: string): Promise<void> => {
    const isThere = (await tokens?.ready(user)) === true;
    const token = isThere ? tokens?.tokenOf(user) : undefined;
    thread.tell("engine:token", [number, token && reveal(token)]);
  };
  const appSecret = secret("app-secret", start.secret);
  const supervisor = new Supervisor<EngineVerb, EngineEvent>({
    startThread: () => startEngine(file, start),
    verbs: { open: "engine:open", hurry: "engine:hurry", close: "engine:close" },
    repeatable: REPEATABLE,
    hear,
    onOpen(thread) {
      if (definitions !== undefined) thread.tell("engine:definitions", [definitions]);
    },
    onEnd() {
      countedBefore = sumOf(countedBefore, counted);
      counted = newCounters();
      problem = undefined;
    },
    clean: (text) => scrub(text, [appSecret]),
    clock,
    logger,
  });

  const accept: LaneStore["accept"] = (reports) =>
    handOver(reports, (some) =>
      supervisor.ask("engine:accept", [some.map((report) => report.map(packFiring)), clock.now()]),
    );
  const intake = new Intake({
    store: { accept },
    clock,
    beat: new Beat({ clock, everyMs: GATHER_MS, most: concurrency }),
    maxQueued: start.policy.maxQueued,
    onDue: () => undefined,
    problem: () => problem,
    sabotage: start.sabotage,
  });
  void supervisor.failed.then((failure) => intake.fail(failure));

  return {
    failed: supervisor.failed,
    get restarts() {
      return supervisor.restarts;
    },
    counters: () => sumOf(countedBefore, counted),
    useTokens: (used) => void (tokens = used),
    learn(known) {
      definitions = known;
      supervisor.tell("engine:definitions", [known]);
    },
    store: {
      open: () => Promise.reject(new TypeError("The engine opens its store.")),
      accept,
      ...askedVerbs((verb, args) => supervisor.ask(verb, args)),
      close: async () => undefined,
    },
    delivery: {
      ended,
      tokenWanted,
      async open() {
        await supervisor.open();
        intake.open();
      },
      take: (firings, told) => intake.take(firings, told),
      settled: (key, seq) =>
        supervisor.ask<FiringEnd>("engine:settled", [key, seq], true).catch((): FiringEnd => ({ status: "owed" })),
      wake: (_app, user) => supervisor.ask("engine:wake", [user]),
      kick: () => supervisor.tell("engine:kick", []),
      prefetch: (user) => supervisor.ask<void>("engine:prefetch", [user], true).catch(() => undefined),
      forgetProgress: (_app, user, heldForMs) => supervisor.ask("engine:forgetProgress", [user, heldForMs]),
      sawWorld: (id) => supervisor.tell("engine:world", [id]),
      async flush() {
        await intake.empty();
        await supervisor.ask("engine:flush", []);
      },
      owed: () => supervisor.ask("engine:owed", []),
      throttle: () => throttle,
      problem: () => problem,
      passOn: (take) => intake.passOn(take),
      async close(timeoutMs) {
        const until = clock.monotonic() + timeoutMs;
        supervisor.hurry();
        await intake.empty();
        return supervisor.close(Math.max(0, until - clock.monotonic()));
      },
    },
  };
}

function startEngine(file: URL, start: EngineStart): Worker {
  const { memoryMb } = start.store;
  return startThread(file, {
    workerData: start,
    name: "questline",
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_MB,
      ...(memoryMb !== undefined && { maxOldGenerationSizeMb: memoryMb }),
    },
  });
}
