import type { Room } from "@colyseus/core";
import type { Receipt } from "@questline/core";
import { isPromise } from "./is-promise.ts";
import { wordsOf } from "./log.ts";
import { MatchPhase, type Sight } from "./match-phase.ts";
import type { MatchPlayer } from "./match-player.ts";
import type { Ask, Mapper, UsableWatch } from "./match-watch.ts";
import type { Clock } from "./runtime/clock.ts";

type Receipts = ReadonlyMap<string, Receipt>;

/** What a watcher asks of the plugin. None of it throws. */
export interface WatcherPlugin {
  readonly clock: Pick<Clock, "monotonic">;
  /**
   * Ends the round, as `endMatch` would. Undefined where that is no end, since nobody is in the round or nobody gets a
   * payload.
   */
  end(event: string, payloadFor: (player: MatchPlayer) => unknown): Receipts | undefined;
  /** A player's result could not be made. */
  refused(): void;
  /** Something is wrong with the watch: said once for a room class, however often it is told. */
  problem(words: string): void;
}

/** An end of the same event within this of another one of the same match is the same end, told twice. */
const SAME_END_MS = 1_000;

/**
 * Sees a room's match end in its state or in a broadcast, and has it reported. Either may see an end first; it is latched
 * for both until the match begins again.
 */
export class MatchWatcher {
  readonly #room: Room;
  readonly #watch: UsableWatch;
  readonly #plugin: WatcherPlugin;
  readonly #phase: MatchPhase;
  /** The last end this watch had reported, while nothing was played since. */
  #lastEnd: { readonly receipts: Receipts; readonly at: number } | undefined;
  /** When an end was counted last; monotonic ms. */
  #countedAt = Number.NEGATIVE_INFINITY;
  /** When the game itself ended a match with this event, while nothing was played since; monotonic ms. */
  #endedByGameAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;
  /** Who was there as the state turned to over: until somebody gets a payload they are asked at every look, nobody else. */
  #asked: Set<string> | undefined;

  constructor(room: Room, watch: UsableWatch, plugin: WatcherPlugin) {
    this.#room = room;
    this.#watch = watch;
    this.#plugin = plugin;
    this.#phase = new MatchPhase(watch.againMs);
  }

  get watchesState(): boolean {
    return this.#watch.state !== undefined || this.#watch.begins !== undefined;
  }

  get watchesBroadcasts(): boolean {
    return this.#watch.broadcast.size > 0;
  }

  /** The state is that of an earlier life of the room. */
  restored(): void {
    this.#phase.restore(this.#sight(), this.#now);
  }

  /** Looks at the state: true where a match begins. Whether one ends is then in `isEnding`. */
  look(): boolean {
    const begins = this.#phase.see(this.#sight(), this.#now);
    if (!this.#phase.isOver) this.#asked = undefined;
    if (begins) this.played();
    return begins;
  }

  get isEnding(): boolean {
    return this.#phase.isOver && this.#phase.isOpen && !this.#isAsking;
  }

  endByState(): void {
    const { state } = this.#watch;
    if (state) this.#end("`results`", state.results, this.#room.state);
  }

  /** This was broadcast; it may be the end. */
  heard(type: string, message: unknown): void {
    const { broadcast, when, state } = this.#watch;
    const mapper = broadcast.get(type);
    if (!mapper || this.#isAsking || (when && !this.#asks("when", when, message))) return;
    if (this.#phase.isOpen) return this.#end("a function of `broadcast`", mapper, message);
    if (!state && this.#phase.neverRested)
      this.#plugin.problem("an end counts as the last one again, since `begins` has been true ever since");
  }

  /** Something is reported, or a match begins: an end that comes now is of another match than the last one. */
  played(): void {
    this.#lastEnd = undefined;
    this.#endedByGameAt = Number.NEGATIVE_INFINITY;
  }

  /** The game itself ends the match with this event: what shows of it right after is the same end. */
  endedByGame(event: string): void {
    if (event === this.#watch.event) this.#endedByGameAt = this.#now;
  }

  /** What was reported as this event right now, as the watch saw the end before the game told it. */
  justReported(event: string): Receipts | undefined {
    const end = event === this.#watch.event ? this.#lastEnd : undefined;
    return end && this.#now - end.at < SAME_END_MS ? end.receipts : undefined;
  }

  get #now(): number {
    return this.#plugin.clock.monotonic();
  }

  #sight(): Sight {
    const { state: current }: { readonly state?: unknown } = this.#room;
    const { state, begins } = this.#watch;
    if (current === undefined || current === null) return { over: undefined, playing: undefined };
    const asks = (name: string, ask: Ask | undefined): boolean | undefined => ask && this.#asks(name, ask, current);
    return { over: asks("state", state?.ended), playing: asks("begins", begins) };
  }

  #asks(name: string, ask: Ask, input: unknown): boolean {
    try {
      const answer = ask(input);
      if (typeof answer === "boolean") return answer;
      const kind = isPromise(answer) ? "a promise" : typeof answer;
      this.#plugin.problem(`\`${name}\` must return true or false, not ${kind}`);
    } catch (error) {
      this.#plugin.problem(`\`${name}\` threw ${wordsOf(error)}; it counts as false`);
    }
    return false;
  }

  #end(place: string, mapper: Mapper, input: unknown): void {
    if (this.#isSameAgain()) return this.#phase.end();
    const isState = mapper === this.#watch.state?.results;
    const before = isState ? this.#asked : undefined;
    const asked = new Set<string>();
    let given = 0;
    let failed = 0;
    const fail = (words: string): undefined => {
      failed++;
      // The same over, asked again.
      if (!before) this.#plugin.refused();
      this.#plugin.problem(`${place} ${words}`);
      return undefined;
    };
    this.#isAsking = true;
    const receipts = this.#plugin.end(this.#watch.event, (player) => {
      if (before?.has(keyOf(player)) === false) return undefined;
      asked.add(keyOf(player));
      try {
        const payload = mapper(input, player);
        if (isPromise(payload)) return fail("returned a promise: what it needs has to be there before the match ends");
        if (payload !== undefined && payload !== null) given++;
        return payload;
      } catch (error) {
        return fail(`threw ${wordsOf(error)}; the player is left out`);
      }
    });
    this.#isAsking = false;
    if (receipts) return this.#count(place, receipts);
    if (!isState) return;
    this.#asked = before ?? asked;
    // Whoever comes now has not played this match.
    if (asked.size === 0) this.#phase.end();
    // Messages of all kinds may come under one type; a state that is over is over for somebody.
    else if (given + failed === 0) this.#plugin.problem(`${place} returned nothing for any of ${asked.size} players`);
  }

  /** The game has told this end itself, or it follows the last one sooner than any match ends. */
  #isSameAgain(): boolean {
    const now = this.#now;
    return now - this.#endedByGameAt < SAME_END_MS || now - this.#countedAt < this.#watch.againMs;
  }

  #count(place: string, receipts: Receipts): void {
    const at = this.#now;
    if (at - this.#countedAt < SAME_END_MS)
      this.#plugin.problem(
        "two ends within a second count as two matches; if they are one, say `begins`, or how long a match lasts in `again`",
      );
    this.#countedAt = at;
    this.#lastEnd = { receipts, at };
    this.#phase.end();
    // A payload that is none shows in its receipt.
    for (const { durable } of receipts.values()) {
      void durable.then((end) => {
        if (end.status === "refused") this.#plugin.problem(`what ${place} returned is refused: ${end.reason}`);
      });
    }
  }
}

function keyOf({ userId, sessionId }: MatchPlayer): string {
  return userId === "" ? `guest ${sessionId}` : userId;
}
