/** The identity of a rule firing, so that it counts once. */
export interface OnceKey {
  readonly match: string;
  readonly event: string;
  /** Empty for an event that happens once per match; the caller's id for one that happens again and again. */
  readonly occurrence: string;
  readonly rule: string;
}
