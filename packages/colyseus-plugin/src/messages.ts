/**
 * Messages between a room and its players' connections. Imports nothing of a server: safe in a game client.
 *
 * `Client<{ auth: A; messages: QuestlineMessages & MyMessages }>` types `client.send` in a room.
 */

/** An achievement of this player was unlocked. */
export const UNLOCKED = "questline:unlocked";
/** Reserved: progress of a count or bitfield. */
export const PROGRESS = "questline:progress";
/** A score of this player was taken by a leaderboard. */
export const RECORDED = "questline:recorded";
/** Reserved: a result is accepted but waits for the platform. */
export const DELAYED = "questline:delayed";
/** Server to client: a fresh user access token is wanted. Client to server: here it is. */
export const TOKEN = "questline:token";
/** Reserved: asks for notices that were missed. */
export const PULL = "questline:pull";
/** Reserved: acknowledges a notice. */
export const ACK = "questline:ack";

export interface Unlocked {
  /** Stable for one delivery: a client that sees it twice shows it once. */
  readonly id: string;
  /** API name of the achievement. */
  readonly achievement: string;
  /** When it was settled, wall ms since the epoch. */
  readonly at: number;
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
}

export interface TokenAsked {
  /** The last token was refused, or nobody has one. */
  readonly reason: "refused" | "missing";
}

export interface TokenAnswer {
  /** A user access token of the player of this connection. */
  readonly token: string;
}

/** What the server sends, by message type. */
export type QuestlineMessages = {
  [UNLOCKED]: Unlocked;
  [RECORDED]: Recorded;
  [TOKEN]: TokenAsked;
};

/** What a client sends, by message type. */
export type QuestlineClientMessages = {
  [TOKEN]: TokenAnswer;
};
