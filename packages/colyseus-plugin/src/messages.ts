/**
 * Messages between a room and its players' connections. Imports nothing of a server: safe in a game client.
 *
 * `Client<{ auth: A; messages: QuestlineMessages & MyMessages }>` types `client.send` in a room.
 */

/** An achievement of this player was unlocked. Comes again on every join and return until it is acknowledged. */
export const UNLOCKED = "questline:unlocked";
/** A count or bitfield of this player went on, in rooms with the plugin's option `progress`. */
export const PROGRESS = "questline:progress";
/** A score of this player was taken by a leaderboard. */
export const RECORDED = "questline:recorded";
/** Results of this player wait for longer than usual; also the answer to a pull. */
export const DELAYED = "questline:delayed";
/** Server to client: a fresh user access token is wanted. Client to server: here it is. */
export const TOKEN = "questline:token";
/** Client to server: send again what is not acknowledged, and say what waits. */
export const PULL = "questline:pull";
/** Client to server: these notices were shown. */
export const ACK = "questline:ack";

export interface Unlocked {
  /** Stable for one unlock, also over restarts: a client that sees it twice shows it once. */
  readonly id: string;
  /** API name of the achievement. */
  readonly achievement: string;
  /** When it was settled, wall ms since the epoch. */
  readonly at: number;
}

export interface Progress {
  /** Stable for one delivery: a client that sees it twice shows it once. */
  readonly id: string;
  /** API name of the achievement. */
  readonly achievement: string;
  /** Of a count: what it came to, decimal text. */
  readonly count?: string;
  /** Of a bitfield: the bits this delivery set, `0`/`1` text, position 0 first. Those set before are not in it. */
  readonly bits?: string;
  /** The count, or the number of bits, that unlocks it; decimal text. */
  readonly target: string;
}

export interface Recorded {
  /** Stable for one delivery: a client that sees it twice shows it once. */
  readonly id: string;
  /** API name of the leaderboard. */
  readonly leaderboard: string;
  /** The score sent, as decimal text: exact beyond 2^53. */
  readonly score: string;
  /** Whether it replaced what stood there. */
  readonly improved: boolean | "unknown";
  /** The player's place on the board, from 1, read after the score was taken; with the plugin's option `ranks`, if it could be read. */
  readonly rank?: number;
}

export interface Delayed {
  /** `token`: for a fresh token of the player; `platform`: for Meta; `queue`: for its turn. Absent when nothing waits. */
  readonly reason?: "token" | "platform" | "queue";
  /** API names of the achievements and leaderboards whose results wait; empty in the answer to a pull when none does. */
  readonly waiting: readonly string[];
}

export interface TokenAsked {
  /** The last token was refused, or nobody has one. */
  readonly reason: "refused" | "missing";
}

export interface TokenAnswer {
  /** A user access token of the player of this connection. */
  readonly token: string;
}

export interface Ack {
  /** Ids of notices that were shown, up to 100. */
  readonly ids: readonly string[];
}

/** What the server sends, by message type. */
export type QuestlineMessages = {
  [UNLOCKED]: Unlocked;
  [PROGRESS]: Progress;
  [RECORDED]: Recorded;
  [DELAYED]: Delayed;
  [TOKEN]: TokenAsked;
};

/** What a client sends, by message type. */
export type QuestlineClientMessages = {
  [TOKEN]: TokenAnswer;
  [PULL]: undefined;
  [ACK]: Ack;
};
