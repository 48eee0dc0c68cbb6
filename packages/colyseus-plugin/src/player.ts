/** A player Meta vouches for. Plain and without a credential, as `client.auth` has to be. */
export interface Player {
  /** App-scoped Meta user id, decimal text. */
  readonly id: string;
  /** The Meta user name, where the platform gave one. */
  readonly alias?: string;
}
