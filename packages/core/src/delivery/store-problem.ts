/** What keeps a store from being used, at the moment. */
export interface StoreProblem {
  /** In words that say what to do. */
  readonly message: string;
  /** When it was met first, wall ms. */
  readonly since: number;
  /** Who holds the store, where that is the problem and known: `process 4711 on "game-1"`. */
  readonly holder?: string;
}
