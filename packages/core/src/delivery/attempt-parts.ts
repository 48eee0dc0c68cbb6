import type { Reason } from "../intent/outcome.ts";
import type { Governor } from "../resilience/governor.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Probe } from "../runtime/probe.ts";
import type { Random } from "../runtime/random.ts";
import type { Staging } from "../store/lane-store.ts";
import type { Moment } from "./conclude.ts";
import type { Counters } from "./counters.ts";
import type { Platform } from "./platform.ts";
import type { DeliveryPolicy } from "./policy.ts";
import type { ProgressBook } from "./progress-book.ts";
import type { Sabotage } from "./sabotage.ts";

/** What an attempt works with. */
export interface AttemptParts {
  readonly platform: Platform;
  readonly book: ProgressBook;
  readonly governor: Governor<Reason>;
  readonly stage: (staging: Staging) => Promise<boolean>;
  readonly policy: DeliveryPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly signal: AbortSignal;
  /** Progress that was known is gone at the platform. */
  readonly onReset: (user: string, achievement: string) => void;
  readonly onTokenWanted: (user: string, reason: "refused" | "missing") => void;
  readonly probe?: Probe | undefined;
  readonly sabotage?: Sabotage | undefined;
}

/** The moment of a decision. */
export const momentOf = (parts: AttemptParts): Moment => ({ now: parts.clock.now(), chance: parts.random.next() });
