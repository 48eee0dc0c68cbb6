import { fingerprint } from "./fingerprint.ts";
import { orBits } from "./world/progress.ts";

/** Effects of achievement writes that were carried out, whatever they left in the world. */
export interface AchievementEffects {
  writes: number;
  /** Sum of every `add_count` carried out. */
  added: bigint;
  /** OR of every `add_bits` carried out. */
  bitsSet: string;
  forcedUnlocks: number;
  /** Writes that answered `just_unlocked: true`. */
  unlocks: number;
}

/** Effects of score submissions that were carried out. */
export interface LeaderboardEffects {
  writes: number;
  /** Submissions that answered `did_update: true`. */
  updates: number;
  forced: number;
}

export interface NonceEffects {
  /** Checks of this nonce, whoever asked. */
  validations: number;
  /** Checks that answered `is_valid: true`; never more than one. */
  accepted: number;
}

/** Effects of purchase operations that were carried out. */
export interface PurchaseEffects {
  consumed: number;
  refunded: number;
}

/** Effects of subscription operations that were carried out. */
export interface SubscriptionEffects {
  cancelled: number;
  extensions: number;
  /** Sum of every `number_of_days` carried out. */
  extendedDays: number;
}

/** JSON-safe: `added` as decimal text. */
export interface OracleSnapshot {
  readonly achievements: readonly (Omit<AchievementEffects, "added"> & {
    readonly userId: string;
    readonly apiName: string;
    readonly added: string;
    readonly foreignWrites: number;
  })[];
  readonly leaderboards: readonly (LeaderboardEffects & { readonly userId: string; readonly apiName: string })[];
  /** By fingerprint: `nonce:` and 12 hex digits. */
  readonly nonces: readonly (NonceEffects & { readonly nonce: string })[];
  readonly purchases: readonly (PurchaseEffects & { readonly userId: string; readonly sku: string })[];
  readonly subscriptions: readonly (SubscriptionEffects & { readonly userId: string; readonly sku: string })[];
}

/** Counts effects of Graph requests per identity. It never looks at the world. */
export interface Oracle {
  achievement(userId: string, apiName: string): Readonly<AchievementEffects>;
  /** Writes of others (`world.addForeign`), counted apart. */
  foreign(userId: string, apiName: string): Readonly<AchievementEffects>;
  leaderboard(userId: string, apiName: string): Readonly<LeaderboardEffects>;
  nonce(nonce: string): Readonly<NonceEffects>;
  purchase(userId: string, sku: string): Readonly<PurchaseEffects>;
  subscription(userId: string, sku: string): Readonly<SubscriptionEffects>;
  snapshot(): OracleSnapshot;
}

export interface AchievementWrite {
  readonly userId: string;
  readonly apiName: string;
  readonly count?: bigint | undefined;
  readonly bits?: string | undefined;
  readonly force: boolean;
  readonly justUnlocked: boolean;
}

/** The side that operations report to. */
export class EffectCounter implements Oracle {
  readonly #achievements = new Map<string, AchievementEffects>();
  readonly #foreign = new Map<string, AchievementEffects>();
  readonly #leaderboards = new Map<string, LeaderboardEffects>();
  readonly #nonces = new Map<string, NonceEffects>();
  readonly #purchases = new Map<string, PurchaseEffects>();
  readonly #subscriptions = new Map<string, SubscriptionEffects>();

  wrote(write: AchievementWrite): void {
    count(this.#achievements, write);
  }

  wroteForeign(write: AchievementWrite): void {
    count(this.#foreign, write);
  }

  submitted(userId: string, apiName: string, updated: boolean, forced: boolean): void {
    const effects = entryOf(this.#leaderboards, key(userId, apiName), noSubmissions);
    effects.writes += 1;
    if (updated) effects.updates += 1;
    if (forced) effects.forced += 1;
  }

  validated(nonce: string, accepted: boolean): void {
    const effects = entryOf(this.#nonces, fingerprint("nonce", nonce), noValidations);
    effects.validations += 1;
    if (accepted) effects.accepted += 1;
  }

  consumed(userId: string, sku: string): void {
    entryOf(this.#purchases, key(userId, sku), noPurchases).consumed += 1;
  }

  refunded(userId: string, sku: string): void {
    entryOf(this.#purchases, key(userId, sku), noPurchases).refunded += 1;
  }

  cancelled(userId: string, sku: string): void {
    entryOf(this.#subscriptions, key(userId, sku), noSubscriptions).cancelled += 1;
  }

  extended(userId: string, sku: string, days: number): void {
    const effects = entryOf(this.#subscriptions, key(userId, sku), noSubscriptions);
    effects.extensions += 1;
    effects.extendedDays += days;
  }

  achievement(userId: string, apiName: string): Readonly<AchievementEffects> {
    return { ...(this.#achievements.get(key(userId, apiName)) ?? noWrites()) };
  }

  foreign(userId: string, apiName: string): Readonly<AchievementEffects> {
    return { ...(this.#foreign.get(key(userId, apiName)) ?? noWrites()) };
  }

  leaderboard(userId: string, apiName: string): Readonly<LeaderboardEffects> {
    return { ...(this.#leaderboards.get(key(userId, apiName)) ?? noSubmissions()) };
  }

  nonce(nonce: string): Readonly<NonceEffects> {
    return { ...(this.#nonces.get(fingerprint("nonce", nonce)) ?? noValidations()) };
  }

  purchase(userId: string, sku: string): Readonly<PurchaseEffects> {
    return { ...(this.#purchases.get(key(userId, sku)) ?? noPurchases()) };
  }

  subscription(userId: string, sku: string): Readonly<SubscriptionEffects> {
    return { ...(this.#subscriptions.get(key(userId, sku)) ?? noSubscriptions()) };
  }

  snapshot(): OracleSnapshot {
    const keys = new Set([...this.#achievements.keys(), ...this.#foreign.keys()]);
    return {
      achievements: [...keys].map((each) => {
        const { added, ...rest } = this.#achievements.get(each) ?? noWrites();
        const foreignWrites = this.#foreign.get(each)?.writes ?? 0;
        return { ...identity(each), ...rest, added: added.toString(), foreignWrites };
      }),
      leaderboards: [...this.#leaderboards].map(([each, effects]) => ({ ...identity(each), ...effects })),
      nonces: [...this.#nonces].map(([nonce, effects]) => ({ nonce, ...effects })),
      purchases: [...this.#purchases].map(([each, effects]) => ({ ...ownership(each), ...effects })),
      subscriptions: [...this.#subscriptions].map(([each, effects]) => ({ ...ownership(each), ...effects })),
    };
  }

  reset(): void {
    for (const counts of [this.#achievements, this.#foreign, this.#leaderboards]) counts.clear();
    for (const counts of [this.#nonces, this.#purchases, this.#subscriptions]) counts.clear();
  }
}

const noWrites = (): AchievementEffects => ({ writes: 0, added: 0n, bitsSet: "", forcedUnlocks: 0, unlocks: 0 });
const noSubmissions = (): LeaderboardEffects => ({ writes: 0, updates: 0, forced: 0 });
const noPurchases = (): PurchaseEffects => ({ consumed: 0, refunded: 0 });
const noSubscriptions = (): SubscriptionEffects => ({ cancelled: 0, extensions: 0, extendedDays: 0 });
const noValidations = (): NonceEffects => ({ validations: 0, accepted: 0 });

function count(counts: Map<string, AchievementEffects>, write: AchievementWrite): void {
  const effects = entryOf(counts, key(write.userId, write.apiName), noWrites);
  effects.writes += 1;
  if (write.count !== undefined) effects.added += write.count;
  if (write.bits !== undefined) effects.bitsSet = orBits(effects.bitsSet, write.bits);
  if (write.force) effects.forcedUnlocks += 1;
  if (write.justUnlocked) effects.unlocks += 1;
}

function entryOf<T>(counts: Map<string, T>, at: string, make: () => T): T {
  const existing = counts.get(at);
  if (existing !== undefined) return existing;
  const made = make();
  counts.set(at, made);
  return made;
}

function key(userId: string, apiName: string): string {
  return `${userId} ${apiName}`;
}

function identity(at: string): { userId: string; apiName: string } {
  const space = at.indexOf(" ");
  return { userId: at.slice(0, space), apiName: at.slice(space + 1) };
}

function ownership(at: string): { userId: string; sku: string } {
  const { userId, apiName: sku } = identity(at);
  return { userId, sku };
}
