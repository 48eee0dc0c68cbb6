import type { Events, PayloadOf } from "@questline/core";
import type { MatchPlayer } from "./match-player.ts";

/**
 * How a room's match end is seen without touching the game. Annotate the functions' parameters with the game's own
 * types: the plugin cannot know them.
 */
export type MatchWatch<E extends Events, S = never> = {
  readonly [K in keyof E & string]: {
    /** What is reported for every player. */
    readonly event: K;
    /** The match is over when this turns from false to true. Asked before every patch. Needs `results`. */
    readonly state?: (state: S) => boolean;
    /** A player's payload once `state` turned true; undefined leaves the player out. */
    readonly results?: (state: S, player: MatchPlayer<E>) => PayloadOf<E[K]> | undefined;
    /** By message type: a `room.broadcast` of it ends the match. A player's payload, made from the message. */
    readonly broadcast?: Readonly<
      Record<string, (message: never, player: MatchPlayer<E>) => PayloadOf<E[K]> | undefined>
    >;
  };
}[keyof E & string];

/**
 * Several watches of one room. What several see in the same turn is one end of the round, reported as the event of each.
 */
export type MatchWatches<E extends Events, S = never> = readonly MatchWatch<E, S>[] & {
  // Never there. With them the compiler points at the wrong member of a single watch, not at the whole of it.
  readonly [K in "event" | "state" | "results" | "broadcast"]?: never;
};

/** What a player of an ended match is given, or undefined. */
export type Mapper = (input: unknown, player: MatchPlayer) => unknown;

/** A watch that can be used. */
export interface UsableWatch {
  readonly event: string;
  readonly state?: { readonly ended: (state: unknown) => unknown; readonly results: Mapper };
  readonly broadcast: ReadonlyMap<string, Mapper>;
}

/** The watch, or what is wrong with it. */
export function readWatch(watch: unknown, events: Events): UsableWatch | string {
  if (!isRecord(watch)) return "it must be an object: { event, state, results } or { event, broadcast }";
  const { event, state, results, broadcast = {} } = watch;
  if (typeof event !== "string" || !Object.hasOwn(events, event)) {
    const known = Object.keys(events).join(", ") || "none";
    return `\`event\` must name an event, not ${typeof event === "string" ? JSON.stringify(event) : typeof event}; there are ${known}`;
  }
  if (!isRecord(broadcast)) return "`broadcast` must be an object of functions by message type";
  const mappers = Object.entries(broadcast);
  const wrong = mappers.find(([, mapper]) => typeof mapper !== "function");
  if (wrong) return `\`broadcast.${wrong[0]}\` must be a function (message, player) => payload`;
  const heard = { event, broadcast: new Map(mappers as readonly [string, Mapper][]) };
  if (state === undefined && results === undefined && mappers.length > 0) return heard;
  if (typeof state !== "function") return "`state` must be a function (state) => boolean";
  if (typeof results !== "function") return "`state` needs `results` beside it: a function (state, player) => payload";
  return { ...heard, state: { ended: state as (state: unknown) => unknown, results: results as Mapper } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
