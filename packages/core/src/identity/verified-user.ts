import type { UserId } from "../ids/ids.ts";

/** A player whose proof the platform accepted for this app. */
export interface VerifiedUser {
  readonly id: UserId;
  /** The Meta user name, where the platform gave one. */
  readonly alias?: string;
}
