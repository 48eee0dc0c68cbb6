/** Why a delivery or a report did not go through: a closed list, counted. */
export type Reason =
  /** The platform refused the app token, or a permission: every lane of the app waits. */
  | "credentials"
  | "permission"
  /** The platform is limiting us, is down, gave no answer, or one that is not of the API. */
  | "rate-limited"
  | "platform-unavailable"
  | "no-answer"
  | "unreadable-answer"
  /** The request never left: no connection. */
  | "not-connected"
  /** The platform refused the value, the target or the user. */
  | "refused-parameter"
  | "refused-user"
  | "unknown-target"
  | "archived"
  | "platform-error"
  /** The player's token is refused or nobody has one. */
  | "user-token"
  /** Retried for longer than the maximum age. */
  | "too-old"
  /** In doubt for longer than the maximum age. */
  | "never-resolved"
  /** Somebody else changed this count while ours was in doubt. */
  | "foreign-writer"
  /** Progress shrank: it was reset at the platform. */
  | "reset-seen"
  /** The progress needed for a decision could not be read. */
  | "progress-unread"
  /** A newer score has overtaken it. */
  | "overtaken"
  /** The store could not write, so nothing was sent. */
  | "store"
  /** Attempts at it keep dying with their process. */
  | "poison"
  /** Discarded by a person. */
  | "discarded";

/** What a delivered request told us. */
export interface DeliveryFacts {
  /** This request caused the unlock. */
  readonly justUnlocked?: boolean;
  /** The score replaced what stood there. */
  readonly improved?: boolean;
}

/** How an attempt ended. Every caller faces all four. */
export type Outcome =
  | { readonly status: "delivered"; readonly facts: DeliveryFacts }
  /** Certainly not applied, or replay-safe: try again, not before `afterMs`. `appWide`: every lane of the app waits. */
  | {
      readonly status: "retryable";
      readonly reason: Reason;
      readonly detail?: string;
      readonly afterMs?: number;
      readonly appWide?: boolean;
      /** The request may have taken effect; only ever true of values that are replay-safe. */
      readonly maybeApplied?: boolean;
    }
  | { readonly status: "rejected"; readonly reason: Reason; readonly detail?: string }
  /** An accumulating request that may have taken effect. */
  | { readonly status: "ambiguous"; readonly reason: Reason; readonly detail?: string };
