import { parentPort, workerData } from "node:worker_threads";
import { LRUCache } from "lru-cache";
import { graphPlatform } from "../deliver-intent.ts";
import { Beat } from "../delivery/beat.ts";
import { newCounters } from "../delivery/counters.ts";
import { createFeed } from "../delivery/feed.ts";
import { Outbox } from "../delivery/outbox.ts";
import { isQuestlineError, QuestlineError } from "../errors/questline-error.ts";
import { orphansOf } from "../graph/base-url.ts";
import type { AppUsage } from "../graph/app-usage.ts";
import { createGraphClient } from "../graph/graph-client.ts";
import { undiciTransport } from "../graph/undici-transport.ts";
import { skippedRowNotice } from "../skipped-row-notice.ts";
import type { LaneKey } from "../intent/intent.ts";
import { DefinitionsBook } from "../platform-definitions.ts";
import type { PlatformDefinitions } from "../platform-definitions.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { systemRandom } from "../runtime/random.ts";
import { steadyClock } from "../runtime/steady-clock.ts";
import { reveal, secret } from "../secrets/secret.ts";
import type { Secret } from "../secrets/secret.ts";
import { directStore } from "../store/direct-store.ts";
import { openCalls } from "../store/open-calls.ts";
import { unpackFiring } from "../store/packed-firing.ts";
import type { PackedFiring } from "../store/packed-firing.ts";
import type { Firing } from "../store/lane-store.ts";
import { refusalOf } from "../store/store-calls.ts";
import type { StoreAnswer, ThreadAnswer, ThreadCall } from "../store/store-calls.ts";
import { saidIn } from "../store/thread-message.ts";
import type { EngineEvent, EngineStart, EngineVerb } from "./engine-messages.ts";

/**
 * The thread in which results are stored and delivered: the file, the outbox over it, and the sockets. A room's thread
 * hands reports over and hears of outcomes; nothing of a delivery runs there.
 */
const start = workerData as EngineStart;
const { calls, probe, clock: wallClock = systemClock } = await openCalls(start.store);
const clock = steadyClock(wallClock);
const store = directStore(calls);
const { app, policy, sabotage } = start;

/** What is said wakes the rooms' thread. */
const TELL_EVERY_MS = 8;
const counters = newCounters();
let told = { counters: "", throttle: "", problem: "null" };
let leaving: ThreadAnswer<EngineEvent>[] = [];
const beat = new Beat({ clock, everyMs: TELL_EVERY_MS, most: policy.concurrency });

function leave(): void {
  const said = leaving;
  leaving = [];
  // What is known by looking goes with whatever is said, and first.
  const throttle = outbox.throttle();
  // A problem that comes, goes or changes is always logged, so that it is never late here.
  const problem = outbox.problem();
  const now = {
    counters: JSON.stringify(counters),
    throttle: JSON.stringify(throttle),
    problem: JSON.stringify(problem ?? null),
  };
  if (now.problem !== told.problem) said.unshift({ event: { is: "problem", problem } });
  if (now.throttle !== told.throttle) said.unshift({ event: { is: "throttle", throttle } });
  if (now.counters !== told.counters) said.unshift({ event: { is: "counters", counters: { ...counters } } });
  told = now;
  if (said.length > 0) parentPort?.postMessage(said);
}
function say(answer: ThreadAnswer<EngineEvent>): void {
  leaving.push(answer);
  beat.ask(leave);
}
const tell = (event: EngineEvent): void => say({ event });

const log =
  (level: keyof Logger) =>
  (fields: object, message: string): void =>
    tell({ is: "log", level, fields, message });
const logger: Logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };

/** Tokens are the game thread's to know; here they are only used. */
const tokensHere = new LRUCache<string, Secret>({ max: 10_000 });
const tokensNeeded = new Map<number, (token: string | undefined) => void>();
let tokensAsked = 0;
const tokens = {
  tokenOf: (user: string): Secret | undefined => tokensHere.get(user),
  async ready(user: string): Promise<boolean> {
    const token = await new Promise<string | undefined>((resolve) => {
      tokensNeeded.set(++tokensAsked, resolve);
      tell({ is: "token-needed", number: tokensAsked, user });
    });
    if (token === undefined) tokensHere.delete(user);
    else tokensHere.set(user, secret("user-token", token));
    return token !== undefined;
  },
  async forget(user: string, token: Secret): Promise<void> {
    tokensHere.delete(user);
    tell({ is: "token-refused", user, token: reveal(token) });
  },
};

const transport = undiciTransport({ ...start.graph, connections: policy.concurrency, clock: wallClock });
const credentials = { id: app, secret: start.secret };
const usage = createFeed<AppUsage>("app usage", logger);
const onAppUsage = (used: AppUsage): void => usage.emit(used);
const graph = createGraphClient({
  app: credentials,
  transport,
  clock,
  onAppUsage,
  onEmulatorWorld: (id) => outbox.sawWorld(id),
  onSkippedRow: skippedRowNotice(clock, logger),
});
const definitions = new DefinitionsBook(start.own);
const outbox = new Outbox({
  store,
  platform: graphPlatform({ graph, tokens, definitions, clock, usage }),
  policy,
  clock,
  random: systemRandom,
  logger,
  counters,
  abort: new AbortController(),
  orphans: orphansOf(start.graph.baseUrl),
  probe,
  sabotage,
});
outbox.throttled.listen(() => beat.ask(leave));
outbox.ended.listen((ended) => tell({ is: "ended", ended }));
outbox.tokenWanted.listen((wish) => tell({ is: "token-wanted", wish }));

/** Each thread's time is the wall clock at its own start moved on, so the two may differ by how that was set between. */
const LARGEST_LAG_MS = 1_000;
function aheadOf(sentAt: number): number {
  const ahead = clock.now() - sentAt;
  return ahead >= 0 && ahead <= LARGEST_LAG_MS ? 0 : ahead;
}
function movedBy(ahead: number, firing: Firing): Firing {
  return ahead === 0 ? firing : { ...firing, at: firing.at + ahead, dueAt: firing.dueAt + ahead };
}

/** What is asked of the outbox, by verb; everything else goes to the store. */
const own = {
  "engine:open"(isHurried: boolean) {
    if (isHurried) outbox.hurry();
    return outbox.open();
  },
  "engine:hurry": () => outbox.hurry(),
  "engine:accept"(reports: readonly (readonly PackedFiring[])[], sentAt: number) {
    const ahead = aheadOf(sentAt);
    return outbox.accept(reports.map((report) => report.map((packed) => movedBy(ahead, unpackFiring(packed)))));
  },
  "engine:settled": (key: LaneKey, seq: number) => outbox.settled(key, seq),
  // By this thread's time, not by that of whoever asks.
  keepToken: (ofApp: string, user: string, sealed: string) => store.keepToken(ofApp, user, sealed, clock.now()),
  forgetUser(ofApp: string, user: string, owedToo: boolean) {
    tokensHere.delete(user);
    return store.forgetUser(ofApp, user, owedToo);
  },
  requeue: (deadLetterId: number) => store.requeue(deadLetterId, clock.now()),
  "engine:wake": (user: string) => outbox.wake(app, user),
  "engine:kick": () => outbox.kick(),
  "engine:prefetch": (user: string) => outbox.prefetch(user),
  "engine:forgetProgress": (user: string, heldForMs: number | undefined) => outbox.forgetProgress(app, user, heldForMs),
  "engine:flush": () => outbox.flush(),
  "engine:owed": () => outbox.owed(),
  async "engine:close"(timeoutMs: number) {
    const until = clock.monotonic() + timeoutMs;
    const owed = await outbox.close(timeoutMs);
    await graph.close(Math.max(0, until - clock.monotonic()));
    return owed;
  },
  "engine:world": (id: string) => outbox.sawWorld(id),
  "engine:definitions": (known: PlatformDefinitions) => definitions.learn(known),
  "engine:token"(number: number, token: string | undefined) {
    tokensNeeded.get(number)?.(token);
    tokensNeeded.delete(number);
  },
};

async function carryOut({ id, verb, args }: ThreadCall<EngineVerb>): Promise<void> {
  try {
    const verbs: Readonly<Record<string, unknown>> = { ...store, ...own };
    const result: unknown = await (verbs[verb] as (...given: readonly unknown[]) => unknown)(...args);
    if (id !== 0) say({ id, ok: true, result });
  } catch (error) {
    say(failed(id, error));
  }
  if (verb === "engine:close") beat.now();
}

function failed(id: number, error: unknown): StoreAnswer {
  const message = error instanceof Error ? error.message : String(error);
  return refusalOf(id, isQuestlineError(error) ? error : new QuestlineError("store_unusable", message));
}

parentPort?.on("message", (message: unknown) => {
  for (const call of saidIn<ThreadCall<EngineVerb>>(message)) void carryOut(call);
});

parentPort?.postMessage([{ event: { is: "started" } }] satisfies ThreadAnswer<EngineEvent>[]);
