/** What a look at the state shows of a match. */
export interface Sight {
  /** What `state` says; undefined where it cannot be asked. */
  readonly over: boolean | undefined;
  /** What `begins` says; undefined where it cannot be asked. */
  readonly playing: boolean | undefined;
}

/**
 * Where one watched match stands, as far as its room's state shows it: whether an end would count now.
 *
 * An end is latched until the match begins again: where `begins` turns true, or without it where `state` turns false. What
 * is seen first is no turn: a room that begins over has to leave that before it can end.
 */
export class MatchPhase {
  readonly #leastMs: number;
  /** The match is played, and not over; undefined before anything was seen of it. */
  #running: boolean | undefined;
  #over = false;
  /** Since when it runs, monotonic ms. */
  #since = Number.NEGATIVE_INFINITY;
  /** It has begun, and not ended since. */
  #isOpen = false;
  /** It was seen not to run since its last end. */
  #hasRested = true;

  /** `leastMs`: a match that runs for less is the last one's flicker. */
  constructor(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** The state says that the match is over. */
  get isOver(): boolean {
    return this.#over;
  }

  /** An end would count. Where nothing can be seen of the match, every end does. */
  get isOpen(): boolean {
    return this.#running === undefined || this.#isOpen;
  }

  /** It is running, without a rest since its last end: no beginning of another match was seen. */
  get neverRested(): boolean {
    return this.#running === true && !this.#hasRested;
  }

  /** Takes in what is seen now, monotonic ms. True where a match begins with it: who left before is not in it. */
  see({ over, playing }: Sight, now: number): boolean {
    if (over === undefined && playing === undefined) return false;
    const ran = this.#running;
    this.#over = over === true;
    this.#running = !this.#over && playing !== false;
    if (ran !== true && this.#running) this.#since = ran === undefined ? Number.NEGATIVE_INFINITY : now;
    const hasRun = ran === true || this.#running;
    if (hasRun && this.#hasRested && now - this.#since >= this.#leastMs) this.#isOpen = true;
    if (!this.#running) this.#hasRested = true;
    return ran === false && this.#running;
  }

  /** What is seen now is of an earlier life of the room: if it is over, it ended then. */
  restore(sight: Sight, now: number): void {
    this.#running = undefined;
    this.#isOpen = false;
    this.#hasRested = true;
    this.see(sight, now);
  }

  end(): void {
    this.#isOpen = false;
    this.#hasRested = this.#running !== true;
  }
}
