import type { Client, Room } from "@colyseus/core";
import type { Events, Receipt } from "@questline/core";
import { readWatch, type UsableWatch } from "./match-watch.ts";
import { MatchWatcher, type WatcherPlugin } from "./match-watcher.ts";
import { wrapMember } from "./wrap-member.ts";

/** What the watchers of a room ask of its plugin, beside what each asks. */
export interface WatchersPlugin extends WatcherPlugin {
  /** A match begins, with those who are connected now and with `leaving`, who is on the way out. */
  begun(leaving: Client | undefined): void;
}

/**
 * Shows one room's patches and broadcasts to all of its watchers. At every look all of them are asked first, and ends
 * are reported then: what one watch's functions do to the state hides no end from another.
 */
export class MatchWatchers {
  readonly #room: Room;
  readonly #watchers: readonly MatchWatcher[];
  readonly #plugin: WatchersPlugin;
  #isClosed = false;

  constructor(room: Room, watches: readonly NamedWatch[], plugin: WatchersPlugin) {
    this.#room = room;
    this.#plugin = plugin;
    this.#watchers = watches.map(
      ({ watch, name }) =>
        new MatchWatcher(room, watch, { ...plugin, problem: (words) => plugin.problem(`${name}: ${words}`) }),
    );
    this.#install();
  }

  /** Somebody joins: an end that shows now is not reported before the next look. */
  joining(): void {
    this.#observe();
  }

  /** The state is that of an earlier life of the room. */
  restored(): void {
    for (const watcher of this.#watchers) watcher.restored();
  }

  /** Reports what the state shows now: before a patch, before somebody `leaving` is gone, and before the room is. */
  look(leaving?: Client): void {
    this.#observe(leaving);
    if (this.#isClosed) return;
    for (const watcher of this.#watchers.filter(({ isEnding }) => isEnding)) watcher.endByState();
  }

  /**
   * The server throws everybody out: one more look, and then the watch is over. What the game makes of the empty seats, such
   * as a win for whoever is thrown out last, is no match's end.
   */
  close(): void {
    this.look();
    this.#isClosed = true;
  }

  /** The room stays after all. */
  reopen(): void {
    this.#isClosed = false;
  }

  /** Something is reported. */
  played(): void {
    for (const watcher of this.#watchers) watcher.played();
  }

  /** The game itself ends the match with this event. */
  endedByGame(event: string): void {
    for (const watcher of this.#watchers) watcher.endedByGame(event);
  }

  /** The receipts of this event, where a watch saw the match end right before the game tells it. */
  justReported(event: string): ReadonlyMap<string, Receipt> | undefined {
    for (const watcher of this.#watchers) {
      const receipts = watcher.justReported(event);
      if (receipts) return receipts;
    }
    return undefined;
  }

  #observe(leaving?: Client): void {
    if (this.#isClosed) return;
    const begins = this.#watchers.filter((watcher) => watcher.look());
    if (begins.length > 0) this.#plugin.begun(leaving);
  }

  #install(): void {
    const room = this.#room;
    if (this.#watchers.some(({ watchesState }) => watchesState)) {
      wrapMember(room, "onBeforePatch", (onBeforePatch) => (state) => {
        const returned = onBeforePatch?.call(room, state);
        this.look();
        return returned;
      });
    }
    if (this.#watchers.some(({ watchesBroadcasts }) => watchesBroadcasts)) {
      wrapMember(room, "broadcast", (broadcast) => (...args) => {
        const returned = broadcast.apply(room, args);
        this.#hear(String(args[0]), args[1]);
        return returned;
      });
    }
  }

  #hear(type: string, message: unknown): void {
    this.#observe();
    if (this.#isClosed) return;
    for (const watcher of this.#watchers) watcher.heard(type, message);
  }
}

/** A watch that can be used, and what to call it where something is wrong with it. */
export interface NamedWatch {
  readonly watch: UsableWatch;
  readonly name: string;
}

/**
 * The watches of a room with this option. What is wrong with one is told, with its place in a list; the others of the list
 * are used.
 */
export function readWatches(option: unknown, events: Events, problem: (words: string) => void): readonly NamedWatch[] {
  if (option === undefined) return [];
  const isList = Array.isArray(option);
  return (isList ? option : [option]).flatMap((given: unknown, index) => {
    const name = isList ? `watch[${index}]` : "watch";
    const watch = readWatch(given, events);
    if (typeof watch !== "string") return [{ watch, name: isList ? `${name} (${watch.event})` : name }];
    problem(`${name}: ${watch}. ${isList ? "This one is left out" : "Nothing is watched"}`);
    return [];
  });
}
