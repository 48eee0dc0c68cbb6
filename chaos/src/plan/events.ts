/** Many times in a match, each with an id of its own. */
export interface Hit {
  readonly shots: number;
  readonly gems: number;
  readonly kill: boolean;
  readonly headshot: boolean;
}

/** Once in a match. */
export interface MatchEnded {
  readonly won: boolean;
  readonly steps: number;
  readonly map: number;
  readonly emblems: readonly number[];
  readonly points: number;
  /** Absent when the player did not finish. */
  readonly timeMs?: number;
  readonly rank: number;
  /** The rank replaces a better one. */
  readonly rankForced: boolean;
}

export type PlannedEvent =
  | { readonly match: string; readonly user: string; readonly event: "hit"; readonly id: string; readonly payload: Hit }
  | {
      readonly match: string;
      readonly user: string;
      readonly event: "matchEnded";
      readonly id: "";
      readonly payload: MatchEnded;
    };

/** The same event again has the same key, however often it is reported. */
export function keyOf({ match, user, id }: Pick<PlannedEvent, "match" | "user" | "id">): string {
  return `${match} ${user} ${id}`;
}
