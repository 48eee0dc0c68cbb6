/** So many failures in a row, of at least so many that asked, are the platform's. */
const IN_A_ROW = 10;
const WHO_ASKED = 3;

/**
 * Tells a platform that is down from requests that fail: many failures in a row with nothing good between them, of several
 * that asked, so that one player whom the platform always fails holds up nobody else.
 */
export class OutageWatch {
  #failures = 0;
  readonly #asked = new Set<string>();

  good(): void {
    this.#failures = 0;
    this.#asked.clear();
  }

  /** True once it is an outage. */
  failed(asked: string): boolean {
    this.#failures += 1;
    if (this.#asked.size < WHO_ASKED) this.#asked.add(asked);
    return this.#failures >= IN_A_ROW && this.#asked.size >= WHO_ASKED;
  }
}
