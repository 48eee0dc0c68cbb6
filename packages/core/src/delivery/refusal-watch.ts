import { LRUCache } from "lru-cache";
import type { Reason } from "../intent/outcome.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";

/** Something that the platform was asked: a write of a target for a user, or, without a target, that user's progress. */
export interface AskedOf {
  readonly user: string;
  readonly target?: string;
}

export interface Refused {
  readonly reason: Reason;
  /** The platform's words. */
  readonly detail?: string;
}

interface Failing extends AskedOf, Refused {
  readonly since: number;
  last: number;
  tries: number;
  isTold: boolean;
}

/** Of one reason: how much was not said since its last line. */
interface Kind {
  saidAt: number;
  waitMs: number;
  more: number;
}

/** So long it may fail before it is worth a line, if it was tried again meanwhile. */
const TELL_AFTER_MS = 10_000;
/** The same, where the app is held back as a whole, which has a line of its own. */
const TELL_HELD_AFTER_MS = 60_000;
/** Not asked for so long, it begins anew: no backoff and no verdict takes longer. */
const STALE_MS = 5 * 60_000;
/** Between two lines of one reason; doubles up to an hour while it goes on. */
const COUNT_EVERY_MS = 60_000;
const COUNT_AT_MOST_EVERY_MS = 60 * 60_000;
const MOST = 2_000;

/** What befalls the whole app is told of the app first, while it is held back for it. */
const APP_WIDE: ReadonlySet<Reason> = new Set([
  "platform-unavailable",
  "no-answer",
  "unreadable-answer",
  "not-connected",
  "rate-limited",
  "credentials",
]);

/** What to do about it, where the words do not say it. */
const ADVICE: Partial<Record<Reason, string>> = {
  permission:
    "If it is a write, its write policy is probably client-authoritative (the dashboard's default): make it " +
    "server-authoritative. Else look at the app's Data Use Checkup, and at whether the player owns the app. check() tells more.",
  credentials: "Check app.id and app.secret.",
  "refused-user":
    "The platform knows the user, but not for this: is the id one of this app, not one of the organisation?",
  "refused-parameter": "Is the id one of this app's users?",
  "unreadable-answer":
    "Does something else answer in the platform's place? Look at graph.baseUrl, proxies and portals.",
  "not-connected": "Look at graph.baseUrl and at this machine's network.",
  "rate-limited": "The platform wants to be asked less.",
};

/**
 * Says what the platform goes on refusing. What is refused, tried again and refused for ten seconds has one warning: for
 * its target where nobody gets through to it, else for its user. What follows is counted, a line a minute at the most.
 */
export class RefusalWatch {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #signal: AbortSignal;
  readonly #failing = new LRUCache<string, Failing>({ max: MOST });
  /** When a target last took something. */
  readonly #took = new LRUCache<string, number>({ max: MOST });
  readonly #told = new LRUCache<string, true>({ max: MOST });
  readonly #kinds = new Map<Reason, Kind>();
  #last: Refused | undefined;
  #isArmed = false;
  #heldSince: number | undefined;
  /** Told of all it befalls, while the app is held back. */
  readonly #toldHeld = new Set<Reason>();

  /** Aborted, it says nothing more. */
  constructor(clock: Clock, logger: Logger, signal: AbortSignal) {
    this.#clock = clock;
    this.#logger = logger;
    this.#signal = signal;
  }

  /** The last refusal of all, for who wants its words. */
  get last(): Refused | undefined {
    return this.#last;
  }

  /** The app is held back as a whole, or no longer: then what still fails begins anew. */
  held(isHeld: boolean): void {
    if (isHeld) this.#heldSince ??= this.#clock.now();
    if (isHeld || this.#heldSince === undefined) return;
    this.#heldSince = undefined;
    this.#toldHeld.clear();
    for (const [key, { reason }] of this.#failing) if (APP_WIDE.has(reason)) this.#failing.delete(key);
  }

  succeeded(asked: AskedOf): void {
    const key = keyOf(asked);
    const failed = this.#failing.get(key);
    if (asked.target !== undefined) this.#took.set(asked.target, this.#clock.now());
    if (failed === undefined) return;
    this.#failing.delete(key);
    for (const about of ["target", "user"] as const) this.#told.delete(toldKey(about, failed));
  }

  failed(asked: AskedOf, refused: Refused): void {
    if (this.#signal.aborted) return;
    const now = this.#clock.now();
    this.#last = refused;
    const key = keyOf(asked);
    const before = this.#failing.get(key);
    const goesOn = before !== undefined && before.reason === refused.reason && now - before.last < STALE_MS;
    const failing: Failing = goesOn
      ? { ...before, ...refused, last: now, tries: before.tries + 1 }
      : { ...asked, ...refused, since: now, last: now, tries: 1, isTold: false };
    this.#failing.set(key, failing);
    if (failing.isTold) this.#count(failing.reason, now);
    else if (!this.#tellIfDue(failing, now)) this.#arm();
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#clock.after(TELL_AFTER_MS, () => {
      this.#isArmed = false;
      if (this.#signal.aborted) return;
      const now = this.#clock.now();
      const untold = [...this.#failing.values()].filter(({ isTold, last }) => !isTold && now - last < STALE_MS);
      const left = untold.filter((failing) => !this.#tellIfDue(failing, now));
      // What was tried but once says so when it is tried again.
      if (left.some(({ since }) => now - since < TELL_AFTER_MS)) this.#arm();
    });
  }

  #tellIfDue(failing: Failing, now: number): boolean {
    const { tries, since, reason, user, target, detail } = failing;
    if (tries < 2 || now - since < TELL_AFTER_MS) return false;
    const heldMs = this.#heldSince === undefined ? undefined : now - this.#heldSince;
    const isOfAll = heldMs !== undefined && APP_WIDE.has(reason);
    // It may be what holds the app back, though: then it is the only one that says which.
    if (isOfAll && heldMs < TELL_HELD_AFTER_MS) return false;
    failing.isTold = true;
    if (isOfAll && this.#toldHeld.has(reason)) {
      this.#count(reason, now);
      return true;
    }
    if (isOfAll) this.#toldHeld.add(reason);
    const about = target !== undefined && (this.#took.get(target) ?? -1) < since ? "target" : "user";
    const key = toldKey(about, failing);
    if (this.#told.get(key) === true) {
      this.#count(reason, now);
      return true;
    }
    this.#told.set(key, true);
    // There are as many targets as a catalogue has, but any number of users.
    if (about === "user" && this.#isTooSoon(reason, now)) {
      this.#count(reason, now);
      return true;
    }
    this.#began(reason, now);
    const whose = about === "target" ? "what is written to this target" : "what concerns this player";
    const fields = { ...(target !== undefined && { target }), user, reason, detail, tries, sinceMs: now - since };
    const advice = ADVICE[reason] ?? "Results are kept, and tried until delivery.maxAgeMs is over.";
    this.#logger.warn(fields, `The platform goes on refusing or failing ${whose}. ${advice}`);
    return true;
  }

  #isTooSoon(reason: Reason, now: number): boolean {
    const kind = this.#kinds.get(reason);
    return kind !== undefined && now - kind.saidAt < COUNT_EVERY_MS;
  }

  #began(reason: Reason, now: number): void {
    const more = this.#kinds.get(reason)?.more ?? 0;
    this.#kinds.set(reason, { saidAt: now, waitMs: COUNT_EVERY_MS, more });
  }

  #count(reason: Reason, now: number): void {
    const kind = this.#kinds.get(reason) ?? { saidAt: now, waitMs: COUNT_EVERY_MS, more: 0 };
    this.#kinds.set(reason, kind);
    kind.more += 1;
    if (now - kind.saidAt < kind.waitMs) return;
    const failing = [...this.#failing.values()].filter((one) => one.reason === reason && now - one.last < STALE_MS);
    const targets = new Set(failing.flatMap(({ target }) => target ?? []));
    const users = new Set(failing.map(({ user }) => user));
    const fields = { reason, times: kind.more, inMs: now - kind.saidAt, targets: targets.size, users: users.size };
    this.#logger.warn(fields, "The platform goes on refusing or failing what it was asked.");
    Object.assign(kind, { saidAt: now, waitMs: Math.min(kind.waitMs * 2, COUNT_AT_MOST_EVERY_MS), more: 0 });
  }
}

const keyOf = ({ user, target = "" }: AskedOf): string => `${user}\n${target}`;

const toldKey = (about: "target" | "user", { reason, target = "", user }: Failing): string =>
  `${about}\n${reason}\n${about === "target" ? target : user}`;
