import type { Room } from "@colyseus/core";
import type { Events } from "@questline/core";
import { readWatch } from "./match-watch.ts";
import { MatchWatcher, type WatcherPlugin } from "./match-watcher.ts";
import { wrapMember } from "./wrap-member.ts";

/**
 * Shows one room's patches and broadcasts to all of its watchers. Before a patch every watcher is asked first, and ends
 * are reported then: what one watch's functions do to the state hides no end from another.
 */
export class MatchWatchers {
  readonly #room: Room;
  readonly #watchers: readonly MatchWatcher[];

  constructor(room: Room, watchers: readonly MatchWatcher[]) {
    this.#room = room;
    this.#watchers = watchers;
    this.#install();
  }

  /** Somebody joins. */
  joining(): void {
    for (const watcher of this.#watchers) watcher.joining();
  }

  /** The state is that of an earlier life of the room. */
  restored(): void {
    for (const watcher of this.#watchers) watcher.restored();
  }

  /** Reports what the state shows now: before a patch, and when no patch comes any more that could show it. */
  look(): void {
    for (const watcher of this.#watchers.filter((each) => each.look())) watcher.endByState();
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
        const [type, message] = args;
        for (const watcher of this.#watchers) watcher.heard(String(type), message);
        return returned;
      });
    }
  }
}

/**
 * The watchers of a room with this option, or undefined if there is nothing to watch. What is wrong with a watch is
 * told, with its place in a list; the others of the list are watched.
 */
export function watchMatches(
  room: Room,
  option: unknown,
  events: Events,
  plugin: WatcherPlugin,
): MatchWatchers | undefined {
  if (option === undefined) return undefined;
  const isList = Array.isArray(option);
  const watchers = (isList ? option : [option]).flatMap((given: unknown, index) => {
    const name = isList ? `watch[${index}]` : "watch";
    const watch = readWatch(given, events);
    if (typeof watch === "string") {
      plugin.problem(`${name}: ${watch}. ${isList ? "This one is left out" : "Nothing is watched"}`);
      return [];
    }
    const named = isList ? `${name} (${watch.event})` : name;
    return new MatchWatcher(room, watch, { ...plugin, problem: (words) => plugin.problem(`${named}: ${words}`) });
  });
  return watchers.length > 0 ? new MatchWatchers(room, watchers) : undefined;
}
