import type { LedgerEvent } from "./demo/fold.ts";

/** Between the demo's parent and the processes it starts, over Node's own channel: orders and their answers. */
export type Question = { readonly ask: number; readonly order: string; readonly args: readonly unknown[] };
export type Answer = { readonly answer: number; readonly value?: unknown; readonly error?: string };
export type Ready = { readonly ready: unknown };

/** What the game server does for the parent. */
export interface GameOrders {
  status(): GameStatus;
  /** Makes everything due now. */
  flush(): void;
  /** Reports again what an earlier process could not acknowledge. */
  report(events: readonly LedgerEvent[]): void;
  close(): void;
}

export interface GameStatus {
  readonly merged: number;
  readonly suppressed: number;
  readonly delivered: number;
  readonly owed: number;
  readonly dead: number;
}

/** What the players' process does for the parent. */
export interface BotOrders {
  /** Joins the rooms at this address; after a restart of the game, again. */
  play(endpoint: string): void;
  received(): Received;
}

/** Distinct messages that reached the players' connections. */
export interface Received {
  readonly unlocked: number;
  readonly recorded: number;
  /** Fresh tokens that were asked for and sent. */
  readonly tokens: number;
}

export interface BotPlan {
  readonly seed: number;
  readonly emulatorUrl: string;
  readonly appId: string;
  readonly players: readonly BotPlayer[];
}

export interface BotPlayer {
  readonly arena: number;
  readonly user: string;
  /** How this player proves who they are. */
  readonly proof: "header" | "option" | "nonce";
}
