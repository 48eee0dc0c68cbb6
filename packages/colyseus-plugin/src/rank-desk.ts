import type { Questline } from "@questline/core";
import { warnOf } from "./log.ts";

const MOST_AT_ONCE = 4;
/** Reads that wait for their turn; beyond, a score is told without its rank. */
export const MOST_WAITING_READS = 500;
const TIMEOUT_MS = 5_000;

export type EntryReads = Pick<Questline["graph"]["leaderboards"], "entries">;

/** Reads places on leaderboards, a few at once. */
export class RankDesk {
  readonly #boards: EntryReads;
  readonly #turns: (() => void)[] = [];
  #underWay = 0;

  constructor(boards: EntryReads) {
    this.#boards = boards;
  }

  /** The player's place from 1, or undefined where it could not be read. Never rejects. */
  async rankOf(userId: string, leaderboard: string): Promise<number | undefined> {
    if (this.#turns.length >= MOST_WAITING_READS) return undefined;
    if (this.#underWay < MOST_AT_ONCE) this.#underWay++;
    else await new Promise<void>((resolve) => this.#turns.push(resolve));
    try {
      const query = { apiName: leaderboard, userIds: [userId], limit: 1 };
      for await (const entry of this.#boards.entries(query, { timeoutMs: TIMEOUT_MS })) {
        if (entry.userId === userId) return entry.rank;
      }
    } catch (error) {
      warnOf("a rank could not be read", error, { userId, leaderboard });
    } finally {
      const next = this.#turns.shift();
      if (next) next();
      else this.#underWay--;
    }
    return undefined;
  }
}
