import type { ScoreEntry } from "../intent/intent.ts";
import type { AchievementValue } from "../intent/lane-value.ts";
import type { Outcome, Reason } from "../intent/outcome.ts";

/** What delivery needs to know of the world outside, handed in; it never learns what Graph is. Nothing here rejects. */
export interface Platform {
  /** Carries out one write. Does not retry. */
  deliver(write: Write, signal: AbortSignal): Promise<Outcome>;
  /** Every achievement row of a user. */
  readProgress(user: string, signal: AbortSignal): Promise<ProgressReading>;
  /** One achievement by name: what a verdict asks for. */
  readOne(user: string, achievement: string, signal: AbortSignal): Promise<RowReading>;
  /**
   * The platform's own definitions, read at the start; what is not known yet, or not shown, is taken from the catalogue.
   * Nothing is leased before `known` resolves: once they are read, or could not be for a few seconds.
   */
  definitions(): Definitions;
  readonly known: Promise<void>;
  /** True once a token that acts for the user is at hand. */
  hasToken(user: string): Promise<boolean>;
  /** Calls `listener` with the part of the app's allowance that is used, in percent, whenever the platform says so. */
  onUsage?(listener: (percent: number) => void): void;
}

export type Write =
  | {
      readonly type: "achievement";
      readonly user: string;
      readonly name: string;
      readonly value: AchievementValue;
      /** Monotonic ms after which no byte may leave. */
      readonly notAfter: number;
    }
  | {
      readonly type: "score";
      readonly user: string;
      readonly name: string;
      readonly entry: ScoreEntry;
      readonly forced: boolean;
      /** Whose token the board wants. */
      readonly writes: "server" | "client";
      readonly notAfter: number;
    };

export interface Unread {
  readonly status: "unread";
  readonly reason: Reason;
  /** The platform's words. */
  readonly detail?: string;
  /** The platform has said for sure that it has no such user. */
  readonly noSuchUser?: boolean;
  readonly afterMs?: number;
  readonly appWide?: boolean;
  /** A limit on this user alone. */
  readonly ofUser?: boolean;
  /** It was not asked for at all: the platform is held back from, or was told to wait, until then (wall ms). */
  readonly unsentUntil?: number;
}

export interface ProgressRow {
  /** Undefined where the row is there but its counter is not shown. */
  readonly count?: bigint;
  readonly unlocked: boolean;
}

/** `rows` is undefined where the answer does not say which row is which achievement. */
export type ProgressReading =
  | { readonly status: "read"; readonly sentAt: number; readonly rows: ReadonlyMap<string, ProgressRow> | undefined }
  | Unread;

export type RowReading =
  | { readonly status: "row"; readonly sentAt: number; readonly row: ProgressRow }
  | { readonly status: "absent"; readonly sentAt: number }
  | Unread;

export interface Definitions {
  /** Undefined where the platform's definitions could not be had: then nothing is known to be archived. */
  achievement(name: string): { readonly archived: boolean; readonly target?: bigint } | undefined;
  /** The sort order that decides which score is better: the platform's word where it is known. */
  board(name: string): {
    readonly sort: "higher-is-better" | "lower-is-better";
    readonly writes: "server" | "client";
  };
}
