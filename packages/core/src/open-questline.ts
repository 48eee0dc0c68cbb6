import type { Achievements, Leaderboards } from "./catalogue/definitions.ts";
import type { Events } from "./catalogue/events.ts";
import { deliveryDebts } from "./debts.ts";
import { createFeed } from "./delivery/feed.ts";
import type { Sabotage } from "./delivery/sabotage.ts";
import { deadLetters } from "./dead-letters.ts";
import { QuestlineError } from "./errors/questline-error.ts";
import type { AppUsage } from "./graph/app-usage.ts";
import { directTransport } from "./graph/direct-transport.ts";
import { createGraphClient, graphCalls } from "./graph/graph-client.ts";
import { undiciTransport } from "./graph/undici-transport.ts";
import { createAppToken } from "./graph/app-credentials.ts";
import { createIdentity } from "./identity/identity.ts";
import { createVouchers } from "./identity/vouchers.ts";
import type { VerifiedUser } from "./identity/verified-user.ts";
import { PlayerForgetter } from "./forget-player.ts";
import { openDelivery } from "./open-delivery.ts";
import { readOptions } from "./options.ts";
import type { QuestlineOptions } from "./options.ts";
import { errorText } from "./secrets/error-text.ts";
import { setAsideRows } from "./set-aside-rows.ts";
import { settledOutcome } from "./settled-outcome.ts";
import { checkPlatform } from "./check-platform.ts";
import { compareDefinitions } from "./compare-definitions.ts";
import { skippedRowNotice } from "./skipped-row-notice.ts";
import { followDefinitions } from "./platform-definitions.ts";
import type { Debts, Questline, TokenWanted } from "./questline.ts";
import { markProgressChanges } from "./progress-changes.ts";
import { ProgressHolds } from "./progress-holds.ts";
import { receiptRecords } from "./receipt-records.ts";
import { RefusalLog } from "./refusal-log.ts";
import { report } from "./report.ts";
import { holdProcess } from "./runtime/hold.ts";
import { steadyClock } from "./runtime/steady-clock.ts";
import { compileRules } from "./rules/compile-rules.ts";
import { explain } from "./rules/explain.ts";
import { Standing } from "./standing.ts";
import { fileOf } from "./store/sqlite-store.ts";
import { Succession } from "./succession.ts";

const CLOSE_MS = 5_000;
const CLOSED = "Questline is closed; report before close().";
/** Reads of joins that may fail in a row before a join's read is sent but once. */
const JOIN_PATIENCE = 3;
const NOTHING_KNOWN: Debts = { pending: 0, inFlight: 0, inDoubt: 0, parked: 0, dead: 0, setAside: 0, owed: 0 };

/** What only tests hand in: deliberate defects. */
export interface TestHooks {
  readonly sabotage?: Sabotage | undefined;
}

/** Wires one Questline together: the only place that knows every part. */
export function openQuestline<E extends Events, A extends Achievements, L extends Leaderboards>(
  options: QuestlineOptions<E, A, L>,
  { sabotage }: TestHooks = {},
): Questline<E, A, L> {
  const settings = readOptions(options);
  const { app, logger, random } = settings;
  // Deadlines on the wire look at the machine's wall clock; what is stored and compared must not move with it.
  const wallClock = settings.clock;
  const clock = steadyClock(wallClock);
  const policy = sabotage === "zero-quiet-period" ? { ...settings.policy, quietPeriodMs: 0 } : settings.policy;
  const rules = compileRules(options);
  const leaderboards = (options.leaderboards ?? {}) as L;
  const closing = new AbortController();

  const transport = undiciTransport({ ...settings.graph, connections: policy.concurrency, clock: wallClock });
  const credentials = { id: app, secret: settings.secret };
  // Deliveries retry as attempts of their lane, so that their transport never does; direct calls retry reads below.
  const usage = createFeed<AppUsage>("app usage", logger);
  const onAppUsage = (used: AppUsage): void => usage.emit(used);
  let world: string | undefined;
  const onEmulatorWorld = (id: string): void => {
    if (id !== world) outbox.sawWorld((world = id));
  };
  const onSkippedRow = skippedRowNotice(clock, logger);
  const graph = createGraphClient({ app: credentials, transport, clock, onAppUsage, onEmulatorWorld, onSkippedRow });
  const direct = createGraphClient({
    app: credentials,
    federatedApp: options.federatedApp,
    transport: directTransport(transport, { clock, random }),
    clock,
    onEmulatorWorld,
    onSkippedRow,
  });
  // Sockets of its own, so that no crowd at the door stands before a delivery.
  const { limits } = settings;
  const door = createGraphClient({
    app: credentials,
    transport: directTransport(
      undiciTransport({
        ...settings.graph,
        connections: limits.mostAtOnce,
        readConnections: limits.mostAtOnce,
        clock: wallClock,
      }),
      { clock, random, patience: JOIN_PATIENCE },
    ),
    clock,
    onEmulatorWorld,
  });
  const identity = createIdentity({ appId: app, users: door.users, clock, random, limits });
  const appToken = createAppToken(credentials);
  const { vouch, vouched } = createVouchers({
    appId: app,
    secret: () => appToken.bare("users.vouch"),
    clock: wallClock,
  });

  const own = openDelivery({
    settings,
    policy,
    clock,
    graph,
    usage,
    identity,
    own: { achievements: options.achievements, leaderboards },
    closing,
    sabotage,
  });
  const succession = new Succession({ app, file: fileOf(settings.store)?.file.path, own, logger });
  const { store, outbox, tokens, counters, total, learn, lost, restarts } = succession.delivery;
  const holds = new ProgressHolds(clock);
  const found = new Set<string>();
  followDefinitions({ graph, clock, random, logger, signal: closing.signal }, (known) => {
    learn(known);
    for (const { code, target, problem } of compareDefinitions(known, options.achievements, leaderboards)) {
      if (!found.has(target + problem)) logger.warn({ target, code }, problem);
      found.add(target + problem);
    }
  });
  const tokenWanted = createFeed<TokenWanted>("token wanted", logger);
  outbox.tokenWanted.listen(({ user, reason }) => tokenWanted.emit({ userId: user, reason }));

  const refusals = new RefusalLog(clock, logger);
  const ready = outbox.open();
  let closed: Promise<Debts> | undefined;
  const standing = new Standing({
    ready,
    lost,
    restarts,
    isClosed: () => closed !== undefined,
    orphaned: () => succession.orphaned,
    problem: () => outbox.problem(),
    logger,
  });
  let owedLast = NOTHING_KNOWN;
  const owed = async (): Promise<Debts> => {
    await ready;
    owedLast = deliveryDebts(await outbox.owed());
    return owedLast;
  };
  const close = async (deadlineMs: number): Promise<Debts> => {
    const until = clock.monotonic() + deadlineMs;
    const release = holdProcess();
    try {
      return deliveryDebts(await outbox.close(deadlineMs));
    } catch (error) {
      logger.error({ error: errorText(error) }, "The store could not say what is owed as Questline closed.");
      return { ...owedLast, problem: String(error) };
    } finally {
      closing.abort(new QuestlineError("closed", "Questline is closed."));
      const graceMs = Math.max(0, until - clock.monotonic());
      await Promise.all([graph.close(graceMs), door.close(graceMs)]);
      release();
    }
  };
  const forgetter = new PlayerForgetter({ app, store, outbox, identity, tokens, ready, successor: () => successor() });
  succession.onGiven((newer) => newer.users.onForget((user) => forgetter.forgotten(user)));
  const hasClientBoards = Object.values(leaderboards).some((board) => board.writes === "client");
  const hasAchievements = Object.keys(options.achievements).length > 0;
  /** The player has proven who they are: lets what waited for them go on. */
  const arrived = async ({ id }: VerifiedUser, brought: "token" | "nonce"): Promise<void> => {
    await ready;
    if (brought === "token" && hasClientBoards) await tokens.keep(id);
    // A newer Questline may have come since the proof began.
    succession.giveTokens();
    await outbox.wake(app, id);
    if (hasAchievements) void outbox.prefetch(id);
  };
  /** A proof is the platform's word: a store that cannot be used loses results, but keeps nobody from playing. */
  const verified = async (proof: Promise<VerifiedUser>, brought: "token" | "nonce"): Promise<VerifiedUser> => {
    const user = await proof;
    const woken = arrived(user, brought).catch((error: unknown) =>
      logger.warn({ user: user.id, error: errorText(error) }, "What waits for a verified player could not be woken."),
    );
    // A file that is held, for however long, keeps nobody waiting at the door.
    if (!["opening", "waiting"].includes(standing.health().status)) await woken;
    return user;
  };

  /** The newer Questline over the same file, which serves whoever still has this one; none once this one is closed. */
  const successor = (): Questline | undefined => (closed === undefined ? succession.successor : undefined);

  const questline: Questline<E, A, L> = {
    appId: app,
    events: options.events,
    achievements: options.achievements,
    leaderboards,
    graph: markProgressChanges(graphCalls(direct), { app, ready, outbox, policy, logger, holds }),
    ready,
    failed: standing.failed,
    health: () => successor()?.health() ?? standing.health(),
    match(id) {
      const reports = {
        app,
        rules,
        outbox,
        clock,
        logger,
        refusals,
        counters,
        windowMs: policy.windowMs,
        closed: () => (closed === undefined ? succession.orphaned : CLOSED),
      };
      return {
        id,
        report(user, event, payload, ...more) {
          const newer = successor();
          if (newer !== undefined) return newer.match(id).report(user, event, payload, ...(more as [{ id: string }?]));
          const occurrence = (more as readonly [{ id?: unknown }?])[0]?.id;
          return report({ match: id, user, event, payload, occurrence }, reports);
        },
      };
    },
    newMatchId: (prefix) => `${prefix}:${clock.now()}:${random.hex(6)}`,
    explain: (event, payload) => explain(rules, event, payload),
    users: {
      verifyToken: (token, origin) =>
        successor()?.users.verifyToken(token, origin) ?? verified(identity.verifyToken(token, origin), "token"),
      // No token came with the nonce: lanes that are parked for one run into that at once, and it is asked for.
      verifyNonce: (userId, nonce, origin) =>
        successor()?.users.verifyNonce(userId, nonce, origin) ??
        verified(identity.verifyNonce(userId, nonce, origin), "nonce"),
      async provideToken(userId, token) {
        const newer = successor();
        if (newer !== undefined) return newer.users.provideToken(userId, token);
        const user = await identity.provideToken(userId, token);
        await arrived(user, "token");
        return user;
      },
      vouch,
      vouched,
      forget: (userId, options) => forgetter.forget(userId, options),
      onForget: (listener) => forgetter.listen(listener),
    },
    onOutcome: (listener) => outbox.ended.listen((ended) => listener(settledOutcome(ended))),
    onTokenWanted: (listener) => tokenWanted.listen(listener),
    async flush() {
      const release = holdProcess();
      try {
        await ready;
        await outbox.flush();
      } finally {
        release();
      }
    },
    owed,
    stats: total,
    throttle: () => outbox.throttle(),
    check: (given) =>
      checkPlatform({ graph, achievements: options.achievements, leaderboards, clock, closing: closing.signal }, given),
    inspect: async (filter) => {
      await ready;
      // User ids are of one app; with it the store finds a user's lanes without looking at all of them.
      return store.inspect(filter?.user === undefined ? filter : { app, ...filter });
    },
    deadLetters: deadLetters({ app, store, outbox, clock, ready }),
    setAside: setAsideRows({ app, store, ready }),
    async receipts({ userId, matchId }) {
      await ready;
      return receiptRecords(store, { app, user: userId, ...(matchId === undefined ? {} : { match: matchId }) });
    },
    async announcements(userId) {
      await ready;
      return store.announcements(app, userId);
    },
    async acknowledge(userId, ids) {
      await ready;
      return store.acknowledge(app, userId, ids);
    },
    async prefetch(userId) {
      const release = holdProcess();
      try {
        await ready;
        await outbox.prefetch(userId);
      } finally {
        release();
      }
    },
    async forgetProgress(userId) {
      await ready;
      return outbox.forgetProgress(app, userId, holds.left(userId));
    },
    async backup(path) {
      await ready;
      await store.backup(path);
    },
    close(given) {
      closed ??= close(given?.timeoutMs ?? CLOSE_MS);
      return closed;
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
  succession.stand(questline as unknown as Questline);
  return questline;
}
