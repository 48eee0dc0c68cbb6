import type { Room } from "@colyseus/core";
import type { Events, Receipt } from "@questline/core";
import { isPromise } from "./is-promise.ts";
import { wordsOf } from "./log.ts";
import type { MatchPlayer } from "./match-player.ts";
import { readWatch, type Mapper, type UsableWatch } from "./match-watch.ts";
import { wrapMember } from "./wrap-member.ts";

type Source = "state" | "broadcast";

/** What a watcher asks of the plugin. None of it throws. */
export interface WatcherPlugin {
  /** Reports `event` for everyone of the round; nothing if nobody is in it. */
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
    this.#install();
  }

  /** Somebody joins: what the state says now is not a match's end. */
  joining(): void {
    this.#was ??= this.#isOver();
  }

  /** The room goes, and no patch comes any more that could show an end. */
  disposing(): void {
    this.#look();
  }

  #install(): void {
    const room = this.#room;
    if (this.#watch.state) {
      wrapMember(room, "onBeforePatch", (onBeforePatch) => (state) => {
        const returned = onBeforePatch?.call(room, state);
        this.#look();
        return returned;
      });
    }
    if (this.#watch.broadcast.size > 0) {
      wrapMember(room, "broadcast", (broadcast) => (...args) => {
        const returned = broadcast.apply(room, args);
        const [type, message] = args;
        const mapper = this.#watch.broadcast.get(String(type));
        if (mapper) this.#end("broadcast", mapper, message);
        return returned;
      });
    }
  }

  #look(): void {
    const { state } = this.#watch;
    const before = this.#was;
    this.#was = this.#isOver();
    if (state && this.#was && before === false) this.#end("state", state.results, this.#room.state);
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

/** The watcher of a room with this option, or undefined: there is none, or what is wrong with it was told. */
export function watchMatch(
  room: Room,
  option: unknown,
  events: Events,
  plugin: WatcherPlugin,
): MatchWatcher | undefined {
  if (option === undefined) return undefined;
  const watch = readWatch(option, events);
  if (typeof watch !== "string") return new MatchWatcher(room, watch, plugin);
  plugin.problem(`${watch}. Nothing is watched`);
  return undefined;
}
