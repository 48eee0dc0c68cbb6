import { EmulatorInputError } from "../input-error.ts";
import type { EffectCounter } from "../oracle.ts";
import type { MovableClock } from "../runtime/movable-clock.ts";
import { DAY_MS } from "../runtime/calendar.ts";
import { type Random, randomText } from "../runtime/random.ts";
import {
  parseAchievement,
  parseCount,
  parseLeaderboard,
  parseNotificationRequest,
  parseScore,
  parseSeedUser,
} from "../seed/parse-seed.ts";
import type {
  Seed,
  SeedAchievement,
  SeedLeaderboard,
  SeedLong,
  SeedNotificationRequest,
  SeedUser,
} from "../seed/seed.ts";
import type { SwitchBoard } from "../switches.ts";
import type { App } from "./app.ts";
import { addLeaderboard } from "./apps.ts";
import { setDefinition } from "./definitions.ts";
import { createDeviceLevers, type DeviceLevers } from "./device-levers.ts";
import { mintLinkCode } from "./link-codes.ts";
import { checkBits, definitionNamed, furnish, leaderboardNamed, loadSeed } from "./load-seed.ts";
import type { SentNotification } from "./notifications.ts";
import { addPerson, addToken, appNamed, removePerson, userNamed } from "./people.ts";
import { emptyState } from "./progress.ts";
import { entrySnapshot, progressSnapshots, snapshotOf } from "./snapshot.ts";
import type { WorldState } from "./state.ts";
import { createStore, type Store } from "./store.ts";
import type { WorldEvents } from "./world-events.ts";
import type { AchievementProgress, CreatedUser, ForeignChange, LeaderboardEntry, World } from "./world-api.ts";

export interface WorldOptions {
  readonly clock: MovableClock;
  readonly random: Random;
  readonly switches: SwitchBoard;
  readonly oracle: EffectCounter;
  /** Told of everything that webhooks tell of. */
  readonly publish: WorldEvents["publish"];
}

const LONGEST_MOVE_MS = 36_525 * DAY_MS;
const LAST_TIME = 221_845_392_000_000;

/** The world behind its public face; operations work on `state`. */
export class EmulatedWorld implements World {
  readonly store: Store;
  readonly devices: DeviceLevers;
  readonly #options: WorldOptions;
  #state: WorldState;

  constructor(options: WorldOptions, seed: Seed) {
    this.#options = options;
    this.#state = this.prepare(seed);
    this.#state.renewals.begin();
    const surroundings = {
      state: () => this.#state,
      now: () => this.#now(),
      mintText: (length: number) => randomText(options.random, length),
    };
    this.store = createStore(surroundings);
    this.devices = createDeviceLevers(surroundings);
  }

  get state(): WorldState {
    return this.#state;
  }

  get id(): string {
    return this.#state.id;
  }

  /** The app of an app-scoped user id. */
  appOf(userId: string): string {
    return userNamed(this.#state, userId, "userId").app.id;
  }

  /** A world to `install`, as at the base clock's time. @throws EmulatorInputError for a seed that contradicts itself. */
  prepare(seed: Seed): WorldState {
    const { clock, publish } = this.#options;
    let loading = true;
    const state = loadSeed(seed, {
      publish,
      // The clock goes back to its base with a reset, but only once the seed has proved good.
      now: () => (loading ? clock.now() - clock.offsetMs : clock.now()),
      schedule: (delayMs, run) => clock.schedule(delayMs, run),
    });
    loading = false;
    return state;
  }

  /** The clock must be back at its base. */
  install(state: WorldState): void {
    this.#state = state;
    state.renewals.begin();
  }

  createUser(user: SeedUser): CreatedUser {
    const seed = parseSeedUser(user, "user");
    const person = addPerson(this.#state, seed, "user");
    try {
      furnish(this.#state, person, seed, this.#now(), "user");
    } catch (error) {
      removePerson(this.#state, person);
      throw error;
    }
    const ids = Object.fromEntries([...person.accounts].map(([appId, account]) => [appId, account.id]));
    const [id = ""] = Object.values(ids);
    return { alias: person.alias, orgScopedId: person.orgScopedId, id, ids };
  }

  mintUserToken(appId: string, userId: string, options: { expiresInMs?: number; token?: string } = {}): string {
    const user = this.#userOfApp(appId, userId);
    const { tokenTtlMs } = this.#options.switches.get();
    const lifeMs = options.expiresInMs ?? tokenTtlMs ?? Infinity;
    const token = options.token ?? `FRL${randomText(this.#options.random, 48)}`;
    if (!/^[\x21-\x7e]{1,4096}$/.test(token)) {
      throw new EmulatorInputError("token", "expected printable ASCII without spaces, at most 4096 characters");
    }
    addToken(this.#state, token, user, this.#now() + lifeMs, "token");
    return token;
  }

  expireToken(token: string): void {
    const known = this.#state.tokens.get(token);
    if (known === undefined) throw new EmulatorInputError("token", "no such user token; mint it first");
    known.expiresAt = -Infinity;
  }

  revokeUserTokens(userId: string): number {
    const user = userNamed(this.#state, userId, "userId");
    let revoked = 0;
    for (const [text, token] of this.#state.tokens) {
      if (token.user === user && this.#state.tokens.delete(text)) revoked += 1;
    }
    return revoked;
  }

  mintNonce(appId: string, userId: string, options: { ttlMs?: number } = {}): string {
    const user = this.#userOfApp(appId, userId);
    const nonce = randomText(this.#options.random, 64);
    const ttlMs = options.ttlMs ?? this.#options.switches.get().nonceTtlMs;
    this.#state.nonces.set(nonce, { user, expiresAt: this.#now() + ttlMs, spent: false });
    return nonce;
  }

  mintLinkCode(userId: string, options: { ttlMs?: number } = {}): { code: string; org_scoped_id: string } {
    const { person } = userNamed(this.#state, userId, "userId");
    const ttlMs = options.ttlMs ?? this.#options.switches.get().linkCodeTtlMs;
    const text = randomText(this.#options.random, 48);
    const code = mintLinkCode(this.#state, "code", person, this.#now() + ttlMs, text);
    return { code, org_scoped_id: person.orgScopedId };
  }

  rotateSecret(appId: string, secret: string): void {
    const app = this.#state.federatedApps.get(appId) ?? appNamed(this.#state, appId, "appId");
    if (!/^[^|\s]+$/.test(secret)) throw new EmulatorInputError("secret", "expected text without | and spaces");
    this.#state.appTokens.delete(`OC|${app.id}|${app.secret}`);
    app.secret = secret;
    this.#state.appTokens.set(`OC|${app.id}|${secret}`, app);
  }

  setDefinition(definition: SeedAchievement, appId?: string): void {
    const app = appNamed(this.#state, appId, "appId");
    setDefinition(this.#state, app, parseAchievement(definition, "definition"), "definition");
  }

  setLeaderboard(leaderboard: SeedLeaderboard, appId?: string): void {
    const app = appNamed(this.#state, appId, "appId");
    const seed = parseLeaderboard(leaderboard, "leaderboard");
    const board = app.leaderboards.get(seed.api_name) ?? addLeaderboard(this.#state, app, seed);
    board.change({
      sortOrder: seed.sort_order,
      writePolicy: seed.entry_write_policy,
      earliest: seed.earliest_allowed_entry_time,
      latest: seed.latest_allowed_entry_time,
    });
  }

  archive(apiName: string, archived = true, appId?: string): void {
    definitionNamed(appNamed(this.#state, appId, "appId"), apiName, "apiName").archived = archived;
  }

  addForeign(userId: string, apiName: string, change: ForeignChange): void {
    const user = userNamed(this.#state, userId, "userId");
    const definition = definitionNamed(user.app, apiName, "apiName");
    const count = change.count === undefined ? undefined : parseCount(change.count, "count");
    checkBits(definition, change.bits, "bits");
    const row = this.#state.progressRow(user, definition);
    row.foreign = true;
    const { afterUnlock } = this.#options.switches.get();
    const justUnlocked = row.apply({ count, bits: change.bits, unlock: change.unlock }, this.#now(), afterUnlock);
    const force = change.unlock === true;
    this.#options.oracle.wroteForeign({ userId, apiName, count, bits: change.bits, force, justUnlocked });
  }

  removeAll(userId: string): void {
    const user = userNamed(this.#state, userId, "userId");
    this.#state.removeProgress(user);
  }

  setScore(boardApiName: string, userId: string, score: SeedLong): void {
    const user = userNamed(this.#state, userId, "userId");
    const board = leaderboardNamed(user.app, boardApiName, "boardApiName");
    const change = { score: parseScore(score, "score"), extraData: undefined, force: true };
    board.submit(user, change, this.#now(), () => this.#state.mintEntryId(board, user));
  }

  progress(userId: string, apiName: string): AchievementProgress {
    const user = userNamed(this.#state, userId, "userId");
    const definition = definitionNamed(user.app, apiName, "apiName");
    const row = user.progress.get(apiName);
    const { count, bits, unlockedAt } = row?.state ?? emptyState(definition);
    const foreign = row?.foreign ?? false;
    return { apiName, count, bits, unlocked: unlockedAt !== undefined, unlockTime: unlockedAt, foreign };
  }

  achievements(userId: string): readonly AchievementProgress[] {
    const { person, app } = userNamed(this.#state, userId, "userId");
    const rows = progressSnapshots(person).filter((row) => row.appId === app.id);
    return rows.map(({ apiName }) => this.progress(userId, apiName));
  }

  entry(boardApiName: string, userId: string): LeaderboardEntry | undefined {
    const { app } = userNamed(this.#state, userId, "userId");
    const board = leaderboardNamed(app, boardApiName, "boardApiName");
    const entry = board.entry(userId);
    return entry === undefined ? undefined : { ...entrySnapshot(board, entry), score: entry.score };
  }

  entries(boardApiName: string, appId?: string): readonly LeaderboardEntry[] {
    const board = leaderboardNamed(appNamed(this.#state, appId, "appId"), boardApiName, "boardApiName");
    return board.ranked().map((entry) => ({ ...entrySnapshot(board, entry), score: entry.score }));
  }

  setNotificationRequest(request: SeedNotificationRequest, appId?: string): void {
    const app = this.#app(appId);
    const { request_id: requestId, category = "OTHER", approved = true } = parseNotificationRequest(request, "request");
    app.notificationRequests.set(requestId, { requestId, category, approved });
  }

  notifications(appId?: string): readonly SentNotification[] {
    return [...this.#app(appId).sentNotifications];
  }

  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) throw new EmulatorInputError("advanceMs", "expected milliseconds, at least 0");
    if (ms > LONGEST_MOVE_MS || this.#now() + ms > LAST_TIME) {
      throw new EmulatorInputError("advanceMs", "expected at most a hundred years, and no time after the year 9000");
    }
    this.#options.clock.advance(ms);
  }

  snapshot(): ReturnType<typeof snapshotOf> {
    return snapshotOf(this.#state, this.#now());
  }

  #app(appId: string | undefined): App {
    return appNamed(this.#state, appId, "appId");
  }

  #userOfApp(appId: string, userId: string): ReturnType<typeof userNamed> {
    const app = appNamed(this.#state, appId, "appId");
    const user = userNamed(this.#state, userId, "userId");
    if (user.app === app) return user;
    throw new EmulatorInputError("userId", `the id ${userId} belongs to app ${user.app.id}, not to ${app.id}`);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
