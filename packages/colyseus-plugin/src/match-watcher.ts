import type { Room } from "@colyseus/core";
import type { Receipt } from "@questline/core";
import { isPromise } from "./is-promise.ts";
import { wordsOf } from "./log.ts";
import type { MatchPlayer } from "./match-player.ts";
import type { Mapper, UsableWatch } from "./match-watch.ts";

type Source = "state" | "broadcast";

/** What a watcher asks of the plugin. None of it throws. */
export interface WatcherPlugin {
  /** Ends the round, as `endMatch` would; nothing if nobody is in it. */
  end(event: string, payloadFor: (player: MatchPlayer) => unknown): ReadonlyMap<string, Receipt>;
  /** A player's result could not be made. */
  refused(): void;
  /** Something is wrong with the watch: said once for a room class, however often it is told. */
  problem(words: string): void;
}

/**
 * Sees a room's match end in its state or in a broadcast, and has it reported.
 *
 * `state` is edge-triggered, and what it says first ends nothing. Where both ways are watched, either may see an end
 * first, and the other's next sight of an end is the same end.
 */
export class MatchWatcher {
  readonly #room: Room;
  readonly #watch: UsableWatch;
  readonly #plugin: WatcherPlugin;
  /** What `state` said last; undefined before it was asked. */
  #was: boolean | undefined;
  /** The other source saw an end first. */
  readonly #echo: Record<Source, boolean> = { state: false, broadcast: false };

  constructor(room: Room, watch: UsableWatch, plugin: WatcherPlugin) {
    this.#room = room;
    this.#watch = watch;
    this.#plugin = plugin;
  }

  get watchesState(): boolean {
    return this.#watch.state !== undefined;
  }

  get watchesBroadcasts(): boolean {
    return this.#watch.broadcast.size > 0;
  }

  /** Somebody joins: what the state says now is not a match's end. */
  joining(): void {
    this.#was ??= this.#isOver();
  }

  /** The state is that of an earlier life of the room: what it says now ended then. */
  restored(): void {
    this.#was = this.#isOver();
  }

  /** Asks `state`: true where it turned to an end, which is to be reported with `endByState`. */
  look(): boolean {
    const before = this.#was;
    this.#was = this.#isOver();
    return this.#was === true && before === false;
  }

  endByState(): void {
    if (this.#watch.state) this.#end("state", this.#watch.state.results, this.#room.state);
  }

  /** This was broadcast; it may be the end. */
  heard(type: string, message: unknown): void {
    const mapper = this.#watch.broadcast.get(type);
    if (mapper) this.#end("broadcast", mapper, message);
  }

  #isOver(): boolean | undefined {
    const current: unknown = this.#room.state;
    const { state } = this.#watch;
    if (!state || current === undefined || current === null) return undefined;
    try {
      const over = state.ended(current);
      if (typeof over === "boolean") return over;
      this.#plugin.problem(`\`state\` must return true or false, not ${isPromise(over) ? "a promise" : typeof over}`);
    } catch (error) {
      this.#plugin.problem(`\`state\` threw ${wordsOf(error)}; it counts as false`);
    }
    return false;
  }

  #end(source: Source, mapper: Mapper, input: unknown): void {
    const wasSeen = this.#echo[source];
    this.#echo[source] = false;
    if (wasSeen) return;
    if (source === "state") this.#echo.broadcast = this.#watch.broadcast.size > 0;
    else this.#echo.state = this.#watch.state !== undefined;

    const place = source === "state" ? "`results`" : "a function of `broadcast`";
    let players = 0;
    let failed = 0;
    let given = 0;
    const fail = (words: string): undefined => {
      failed++;
      this.#plugin.refused();
      this.#plugin.problem(`${place} ${words}`);
      return undefined;
    };
    const receipts = this.#plugin.end(this.#watch.event, (player) => {
      players++;
      try {
        const payload = mapper(input, player);
        if (payload !== undefined) given++;
        if (!isPromise(payload)) return payload;
        return fail("returned a promise: what it needs has to be there before the match ends");
      } catch (error) {
        return fail(`threw ${wordsOf(error)}; the player is left out`);
      }
    });
    if (players > 0 && given === 0 && failed === 0)
      this.#plugin.problem(`${place} returned nothing for any of ${players} players`);
    this.#checkReceipts(place, receipts);
  }

  /** A payload that is none shows in its receipt. */
  #checkReceipts(place: string, receipts: ReadonlyMap<string, Receipt>): void {
    for (const { durable } of receipts.values()) {
      void durable.then((end) => {
        if (end.status === "refused") this.#plugin.problem(`what ${place} returned is refused: ${end.reason}`);
      });
    }
  }
}
