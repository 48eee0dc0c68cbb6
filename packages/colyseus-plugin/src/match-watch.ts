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
    /** The match is over where this turns from false to true. Asked before every patch. Needs `results`. */
    readonly state?: (state: S) => boolean;
    /** A player's payload once `state` turned true; undefined leaves the player out. */
    readonly results?: (state: S, player: MatchPlayer<E>) => PayloadOf<E[K]> | undefined;
    /** By message type: a `room.broadcast` of it ends the match. A player's payload, made from the message. */
    readonly broadcast?: Readonly<
      Record<string, (message: never, player: MatchPlayer<E>) => PayloadOf<E[K]> | undefined>
    >;
    /** A broadcast ends the match only where this is true of its message. Default: every one that gives a payload. */
    readonly when?: (message: never) => boolean;
    /**
     * For rooms with a lobby: a match begins where this turns from false to true, with those who are connected then, and
     * nothing ends before. Default: a match begins where `state` turns false.
     */
    readonly begins?: (state: S) => boolean;
    /** How long a match lasts at least, ms: an end that follows sooner is the last one again. Default 0. */
    readonly again?: number;
    /**
     * For rooms without an end: reported for one player who leaves for good, as a match of their own. Asked before the
     * room's own `onLeave` and `onDrop`; undefined reports nothing.
     */
    readonly leave?: (state: S, player: MatchPlayer<E>) => PayloadOf<E[K]> | undefined;
  };
}[keyof E & string];

/**
 * Several watches of one room. What several see in the same turn is one end of the round, reported as the event of each.
 */
export type MatchWatches<E extends Events, S = never> = readonly MatchWatch<E, S>[] & {
  // Never there. With them the compiler points at the wrong member of a single watch, not at the whole of it.
  readonly [K in "event" | "state" | "results" | "broadcast" | "when" | "begins" | "again" | "leave"]?: never;
};

/** What a player of an ended match is given, or undefined. */
export type Mapper = (input: unknown, player: MatchPlayer) => unknown;

/** A watch that can be used. */
export interface UsableWatch {
  readonly event: string;
  readonly state?: { readonly ended: Ask; readonly results: Mapper };
  readonly broadcast: ReadonlyMap<string, Mapper>;
  readonly when?: Ask;
  readonly begins?: Ask;
  readonly againMs: number;
  readonly leave?: Mapper;
}

/** A question of the game's, whose answer may be anything. */
export type Ask = (input: unknown) => unknown;

/** The watch, or what is wrong with it. */
export function readWatch(watch: unknown, events: Events): UsableWatch | string {
  if (!isRecord(watch)) return "it must be an object: { event, state, results } or { event, broadcast }";
  const { event, state, results, broadcast = {}, leave } = watch;
  if (typeof event !== "string" || !Object.hasOwn(events, event)) {
    const known = Object.keys(events).join(", ") || "none";
    return `\`event\` must name an event, not ${typeof event === "string" ? JSON.stringify(event) : typeof event}; there are ${known}`;
  }
  if (!isRecord(broadcast)) return "`broadcast` must be an object of functions by message type";
  const mappers = Object.entries(broadcast);
  const wrong = mappers.find(([, mapper]) => typeof mapper !== "function");
  if (wrong) return `\`broadcast.${wrong[0]}\` must be a function (message, player) => payload`;
  const conditions = readConditions(watch);
  if (typeof conditions === "string") return conditions;
  const heard = { event, broadcast: new Map(mappers as readonly [string, Mapper][]), ...conditions };
  const isSeen = state !== undefined || results !== undefined || mappers.length > 0;
  if (leave !== undefined && isSeen)
    return "`leave` is for a match without an end: give it a watch of its own, without `state` and `broadcast`";
  if (state === undefined && results === undefined && (mappers.length > 0 || leave !== undefined)) return heard;
  if (typeof state !== "function") return "`state` must be a function (state) => boolean";
  if (typeof results !== "function") return "`state` needs `results` beside it: a function (state, player) => payload";
  return { ...heard, state: { ended: state as Ask, results: results as Mapper } };
}

type Conditions = Pick<UsableWatch, "when" | "begins" | "againMs" | "leave">;

/** What says when an end counts, or what is wrong with it. */
function readConditions({ when, begins, again = 0, leave }: Readonly<Record<string, unknown>>): Conditions | string {
  for (const [name, ask, shape] of [
    ["when", when, "(message) => boolean"],
    ["begins", begins, "(state) => boolean"],
    ["leave", leave, "(state, player) => payload"],
  ] as const)
    if (ask !== undefined && typeof ask !== "function") return `\`${name}\` must be a function ${shape}`;
  if (typeof again !== "number" || !Number.isFinite(again) || again < 0)
    return "`again` must be milliseconds, 0 or more";
  return {
    againMs: again,
    ...(when !== undefined && { when: when as Ask }),
    ...(begins !== undefined && { begins: begins as Ask }),
    ...(leave !== undefined && { leave: leave as Mapper }),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
