import { LRUCache } from "lru-cache";
import { IdentityBusyError } from "./identity-busy-error.ts";
import { isQuestlineError } from "../errors/questline-error.ts";
import type { Clock } from "../runtime/clock.ts";

export interface ProofLimits {
  /** Proofs that the platform is asked about in a minute, by this process; as many may come at once. Default 3000. */
  readonly mostPerMinute?: number;
  /** Of one address. Default 120. */
  readonly mostPerMinuteFromOne?: number;
  /** Proofs under way; as many as there are sockets for them. Default 32. */
  readonly mostAtOnce?: number;
}

export const DEFAULT_PROOF_LIMITS: Required<ProofLimits> = {
  mostPerMinute: 3_000,
  mostPerMinuteFromOne: 120,
  mostAtOnce: 32,
};

/** What a refused proof costs, in proofs that are good. */
const REFUSAL_COSTS = 20;
/** The part of `mostPerMinute` that addresses share from which a wrong proof came lately. */
const SUSPECTS_SHARE = 0.25;
const SUSPECT_FOR_MS = 600_000;
/** The part of `mostAtOnce` that one address may have under way or waiting. */
const ONE_AT_ONCE_SHARE = 0.25;
/** Proofs that wait for others to end, in `mostAtOnce`s. */
const WAITING = 8;
const MOST_ADDRESSES = 10_000;

/**
 * Lets so many proofs through to the platform, whoever brings them. Each costs one of its address's and one of all; a
 * refused one costs 20, so that somebody who guesses is stopped soon. Addresses from which a wrong proof came within ten
 * minutes share a quarter, so that they do not stop the others. Whoever brings no address is one of them all, without a
 * bound of its own.
 */
export class ProofGate {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #mostAtOnce: number;
  readonly #mostFromOneAtOnce: number;
  readonly #perMinuteFromOne: number;
  readonly #perMinute: number;
  readonly #all: Bucket;
  readonly #suspects: Bucket;
  readonly #addresses = new LRUCache<string, Address>({ max: MOST_ADDRESSES });
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(limits: Required<ProofLimits>, clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#mostAtOnce = limits.mostAtOnce;
    this.#mostFromOneAtOnce = Math.max(1, Math.ceil(limits.mostAtOnce * ONE_AT_ONCE_SHARE));
    this.#perMinute = limits.mostPerMinute;
    this.#perMinuteFromOne = limits.mostPerMinuteFromOne;
    this.#all = new Bucket(limits.mostPerMinute);
    this.#suspects = new Bucket(Math.max(1, limits.mostPerMinute * SUSPECTS_SHARE));
  }

  /** Runs `ask` in its turn. Rejects with `identity_busy` where it has none, otherwise as `ask`. */
  async pass<T>(from: string | undefined, ask: () => Promise<T>): Promise<T> {
    const address = this.#addressOf(from);
    const mostAtOnce = from === undefined ? this.#mostAtOnce * WAITING : this.#mostFromOneAtOnce;
    if (address.inside >= mostAtOnce) throw new IdentityBusyError(1_000);
    this.#charge(address);
    address.inside++;
    try {
      await this.#turn();
      try {
        // What was refused while it waited may have used up what there was.
        this.#refuseIfUsedUp(address, 0);
        return await ask();
      } catch (error) {
        if (isRefusal(error)) this.#punish(address);
        throw error;
      } finally {
        this.#endTurn();
      }
    } finally {
      address.inside--;
    }
  }

  #addressOf(from: string | undefined): Address {
    const key = from ?? "";
    const known = this.#addresses.get(key);
    if (known) return known;
    const most = from === undefined ? this.#perMinute : this.#perMinuteFromOne;
    const fresh: Address = { bucket: new Bucket(most), inside: 0, refusedAt: undefined };
    this.#addresses.set(key, fresh);
    return fresh;
  }

  #charge(address: Address): void {
    this.#refuseIfUsedUp(address, 1);
    const now = this.#clock.monotonic();
    for (const bucket of this.#bucketsOf(address)) bucket.take(1, now);
  }

  #refuseIfUsedUp(address: Address, cost: number): void {
    const now = this.#clock.monotonic();
    const waitMs = Math.max(...this.#bucketsOf(address).map((bucket) => bucket.waitMs(cost, now)));
    if (waitMs > 0) throw new IdentityBusyError(waitMs);
  }

  /** What it costs besides is the suspects' to bear, from the first on: the others are to have no less for it. */
  #punish(address: Address): void {
    const now = this.#clock.monotonic();
    address.refusedAt = now;
    for (const bucket of this.#bucketsOf(address)) bucket.take(REFUSAL_COSTS - 1, now);
  }

  #bucketsOf({ bucket, refusedAt }: Address): readonly Bucket[] {
    const isSuspect = refusedAt !== undefined && this.#clock.monotonic() - refusedAt < SUSPECT_FOR_MS;
    return [bucket, isSuspect ? this.#suspects : this.#all];
  }

  async #turn(): Promise<void> {
    if (this.#underWay < this.#mostAtOnce) {
      this.#underWay++;
      return;
    }
    if (this.#waiting.length >= this.#mostAtOnce * WAITING) throw new IdentityBusyError(1_000);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Whoever waits longest takes over the place. */
  #endTurn(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#underWay--;
  }
}

const isRefusal = (error: unknown): boolean =>
  isQuestlineError(error) && (error.code === "identity_refused" || error.code === "permission");

interface Address {
  readonly bucket: Bucket;
  /** Under way or waiting. */
  inside: number;
  /** When a proof from there was refused last, monotonic ms. */
  refusedAt: number | undefined;
}

/** What may be used up at once, and comes back over a minute. */
class Bucket {
  readonly #most: number;
  #used = 0;
  #at = 0;

  constructor(most: number) {
    this.#most = most;
  }

  take(cost: number, now: number): void {
    // Refusals may overdraw it, by a minute at most.
    this.#used = Math.min(2 * this.#most, this.#usedAt(now) + cost);
    this.#at = now;
  }

  /** How long until `cost` can be taken, ms; 0 if it can. */
  waitMs(cost: number, now: number): number {
    const over = this.#usedAt(now) + cost - this.#most;
    return over > 1e-9 ? Math.ceil((over * 60_000) / this.#most) : 0;
  }

  #usedAt(now: number): number {
    return Math.max(0, this.#used - ((now - this.#at) * this.#most) / 60_000);
  }
}
