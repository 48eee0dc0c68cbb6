import { QuestlineError } from "../errors/questline-error.ts";

/** What to do with a count whose fate somebody else's writing hides. */
export type ForeignWriterPolicy = "assume-applied" | "send-again" | "dead-letter";

/** How deliveries behave. All times in milliseconds. */
export interface DeliveryOptions {
  /** Requests in flight at once at most, reads of progress (sixteen at most) included; fewer while the platform is slow or limits us. Default 64. */
  readonly concurrency?: number;
  /** How long mid-match counters gather before they are sent. Default 5 000. */
  readonly windowMs?: number;
  /**
   * How long after its socket is gone a request may still take effect or stay invisible to a progress read; an
   * ambiguous count waits this long for its verdict. Default 15 000.
   */
  readonly quietPeriodMs?: number;
  /**
   * The same after a process was killed, which could reset none of its sockets: the kernel goes on sending what a dead
   * process had written for up to two minutes. Never shorter than `quietPeriodMs`. Default 120 000.
   */
  readonly takeoverQuietMs?: number;
  /** How long a result is retried, or stays in doubt, before it becomes a dead letter. Default 7 days. */
  readonly maxAgeMs?: number;
  /** How long a staged request may wait for a socket before it is given back unsent. Default 30 000. */
  readonly leaseMs?: number;
  /** How long "is unlocked" is believed without asking again. Default 10 minutes. */
  readonly factMs?: number;
  /** First backoff and its ceiling; the wait is drawn evenly from zero up to it. Defaults 200 and 60 000. */
  readonly backoffMs?: number;
  readonly maxBackoffMs?: number;
  /** A count changed by somebody else while ours was in doubt. Default `dead-letter`. */
  readonly onForeignWriter?: ForeignWriterPolicy;
  /** How long once keys and send records are kept. Default 7 days. */
  readonly retentionMs?: number;
  /** Attempts in a row that may die with their process, once written to the journal, before a lane is poison. Default 5. */
  readonly poisonAfter?: number;
  /** Rule firings that may wait in memory for the store; more reports are refused. Default 100 000. */
  readonly maxQueued?: number;
}

export type DeliveryPolicy = Required<DeliveryOptions>;

const DAY = 24 * 60 * 60 * 1000;

const DEFAULTS = {
  concurrency: 64,
  windowMs: 5_000,
  quietPeriodMs: 15_000,
  takeoverQuietMs: 120_000,
  maxAgeMs: 7 * DAY,
  leaseMs: 30_000,
  factMs: 10 * 60 * 1000,
  backoffMs: 200,
  maxBackoffMs: 60_000,
  onForeignWriter: "dead-letter",
  retentionMs: 7 * DAY,
  poisonAfter: 5,
  maxQueued: 100_000,
} satisfies DeliveryPolicy;

const WHOLE = new Set(["concurrency", "poisonAfter", "maxQueued"]);
const POSITIVE = new Set([...WHOLE, "maxAgeMs", "leaseMs", "backoffMs", "maxBackoffMs", "retentionMs"]);
const FOREIGN: readonly string[] = ["assume-applied", "send-again", "dead-letter"];

/** Merges with the defaults and checks. Throws `bad_input` naming the option. */
export function deliveryPolicy(options: DeliveryOptions = {}): DeliveryPolicy {
  for (const [name, value] of Object.entries(options)) {
    if (!(name in DEFAULTS)) {
      throw new QuestlineError(
        "bad_input",
        `Unknown option delivery.${name}. Known: ${Object.keys(DEFAULTS).join(", ")}.`,
      );
    }
    if (value === undefined) continue;
    if (name === "onForeignWriter") {
      if (FOREIGN.includes(String(value))) continue;
      throw new QuestlineError("bad_input", `delivery.onForeignWriter must be one of ${FOREIGN.join(", ")}.`);
    }
    const whole = WHOLE.has(name) ? Number.isInteger(value) : Number.isFinite(value);
    if (!whole || Number(value) < (POSITIVE.has(name) ? 1 : 0)) {
      const unit = WHOLE.has(name) ? "a whole number" : "a number of milliseconds";
      throw new QuestlineError(
        "bad_input",
        `delivery.${name} must be ${unit}, ${POSITIVE.has(name) ? "at least 1" : "not negative"}; got ${String(value)}.`,
      );
    }
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const policy: DeliveryPolicy = { ...DEFAULTS, ...given };
  // A lane that is forgotten must not come back to what was read before it was.
  return Object.freeze({ ...policy, factMs: Math.min(policy.factMs, policy.retentionMs) });
}
