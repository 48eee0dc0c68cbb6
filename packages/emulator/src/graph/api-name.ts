/**
 * What achievements, leaderboards, items and notifications may be called. The platform's pages say "alphanumeric" of
 * achievements, with underscores in every example, and nothing of the others; people's apps hold more.
 */
export const API_NAME: RegExp = /^[\w@.:-]{1,128}$/;

/** `API_NAME` in words. */
export const API_NAME_RULE = "letters, digits and _ @ . : -";
