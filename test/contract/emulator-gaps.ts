/** Calls whose vectors the emulator does not answer as they say, each with its reason. A gap that closes must leave. */
export const emulatorGaps: Readonly<Record<string, string>> = {};

/** Single vectors that differ although their call is known, by name. */
export const emulatorDeviations: Readonly<Record<string, string>> = {
  "a time out of range": "the client refuses such a time itself, so that the vector's request has a good one",
  "owns an item, in the older form": "the emulator answers in the current form, with grant_time",
  "nothing to consume, as a flag": "the shape is stated nowhere; the emulator answers in an envelope",
  "nothing to refund, as a flag": "the shape is stated nowhere; the emulator answers in an envelope",
};

/** Members that only some answers have, on the platform as in the emulator: paging, names, and old forms of answers. */
export const optionalMembers: ReadonlySet<string> = new Set([
  "paging",
  "cursors",
  "summary",
  "updated_challenge_ids",
  "unlock_time",
  "locked_image_uri",
  "unlocked_image_uri",
]);
