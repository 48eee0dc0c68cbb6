import type { Client, Room } from "@colyseus/core";
import { guarded, wordsOf } from "./log.ts";
import type { MatchPlayer } from "./match-player.ts";
import type { NamedWatch } from "./watch-matches.ts";
import { isPromise } from "./is-promise.ts";

/** Asked as somebody drops out or leaves, before the room's own hooks: what the game knows of them then. */
export type AtLeave = (player: MatchPlayer, state: unknown) => unknown;

export interface PartingsParts {
  readonly room: Room;
  /** The player whose connection is gone; undefined for a guest, and for somebody nobody verified. */
  player(client: Client): MatchPlayer | undefined;
  /** Where the game wants to know something at the end of who left before. */
  readonly leaving: AtLeave | undefined;
  keep(client: Client, known: unknown): void;
  /** The player has another seat here. */
  isHere(userId: string): boolean;
  /** The player's own match is over. */
  report(event: string, player: MatchPlayer, payload: unknown): void;
  problem(words: string): void;
}

interface Parting {
  readonly event: string;
  readonly player: MatchPlayer;
  readonly payload: unknown;
}

/**
 * What a room's players leave behind: what the game knew of them, for the end of the match; and where a match has no end,
 * each one's own result. Games delete a player in `onLeave` or `onDrop`, so they are asked before.
 */
export class Partings {
  readonly #parts: PartingsParts;
  readonly #watches: readonly NamedWatch[];
  /** By session and event, until it is certain that the player does not come back. */
  readonly #kept = new Map<string, Map<string, Parting>>();
  readonly #over = new WeakSet<Client>();
  #isEvicting = false;

  constructor(watches: readonly NamedWatch[], parts: PartingsParts) {
    this.#watches = watches.filter(({ watch }) => watch.leave !== undefined);
    this.#parts = parts;
  }

  /** Everybody is thrown out: nobody comes back any more, and all are asked before the first seat is empty. */
  evicting(): void {
    if (this.#isEvicting) return;
    for (const client of this.#parts.room.clients ?? []) this.#ask(client);
    this.#isEvicting = true;
  }

  /** The room stays after all. */
  staying(): void {
    this.#isEvicting = false;
  }

  /** The connection is gone. Asking again keeps what was known, where nothing is known any more. */
  leaving(client: Client): void {
    if (!this.#isEvicting) this.#ask(client);
    // The room's own hooks may take longer than the process has.
    if (this.#isEvicting) this.left(client);
  }

  #ask(client: Client): void {
    const { leaving, keep } = this.#parts;
    if (this.#over.has(client) || (!leaving && this.#watches.length === 0)) return;
    const player = this.#parts.player(client);
    if (!player) return;
    if (leaving) keep(client, this.#answer("`leaving`", leaving, player));
    for (const { watch, name } of this.#watches) {
      const payload = this.#answer(`${name}: \`leave\``, (of, state) => watch.leave?.(state, of), player);
      if (payload === undefined || payload === null) continue;
      const kept = this.#kept.get(client.sessionId) ?? new Map<string, Parting>();
      this.#kept.set(client.sessionId, kept.set(watch.event, { event: watch.event, player, payload }));
    }
  }

  /** The player is back on another connection of the session. */
  returned(client: Client): void {
    this.#kept.delete(client.sessionId);
  }

  /** The session is over: so is the match of a player who has no other seat here. */
  left(client: Client): void {
    const kept = this.#kept.get(client.sessionId);
    this.#kept.delete(client.sessionId);
    this.#over.add(client);
    for (const { event, player, payload } of kept?.values() ?? [])
      if (!this.#parts.isHere(player.userId))
        guarded("a player's own end", () => this.#parts.report(event, player, payload));
  }

  #answer(name: string, ask: AtLeave, player: MatchPlayer): unknown {
    try {
      const answer = ask(player, this.#parts.room.state);
      if (!isPromise(answer)) return answer;
      this.#parts.problem(`${name} must answer at once, not with a promise`);
    } catch (error) {
      this.#parts.problem(`${name} threw ${wordsOf(error)}`);
    }
    return undefined;
  }
}
