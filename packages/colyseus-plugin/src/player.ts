/** A player Meta vouches for. Plain and without a credential, as `client.auth` has to be. */
export interface Player {
  /** App-scoped Meta user id, decimal text. */
  readonly id: string;
  /** The Meta user name, where the platform gave one. */
  readonly alias?: string;
}

/** What `client.auth.questline` is for somebody who brought no proof, where guests may play. */
export interface Guest {
  readonly guest: true;
}
