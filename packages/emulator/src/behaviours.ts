import type { OperationName } from "./operations/route.ts";
import type { Switches } from "./switches.ts";

/**
 * How sure a behaviour is. `documented`: the platform's own pages or SDK headers say so. `observed`: seen in answers
 * of the real host in public code or issues. `assumed`: neither; our choice.
 */
export type Basis = "documented" | "observed" | "assumed";

export interface Behaviour {
  readonly id: string;
  readonly about: OperationName | "tokens" | "transport" | "errors" | "paging";
  readonly basis: Basis;
  /** What the emulator does. */
  readonly does: string;
  /** Where it comes from, or what is known instead. */
  readonly source: string;
  /** The switch that changes it. */
  readonly switchedBy?: keyof Switches;
}

type Row = readonly [
  id: string,
  about: Behaviour["about"],
  basis: Basis,
  does: string,
  source: string,
  switchedBy?: keyof Switches,
];

const rows: readonly Row[] = [
  // Transport
  ["encodings", "transport", "observed", "Parameters come as query, form body (also on DELETE), JSON body or multipart, mixed at will.", "each is in a documented example or in public clients"],
  ["precedence", "transport", "assumed", "The body wins over the query; the header token comes last.", "not stated anywhere"],
  ["version-prefix", "transport", "observed", "A prefix such as /v1.20 is ignored.", "client logs and public clients send it"],
  ["trailing-slash", "transport", "documented", "A slash at the end of the path changes nothing.", "leaderboard examples use both forms"],
  ["method-override", "transport", "documented", "`method=` in query or body replaces the HTTP method: GET, POST or DELETE.", "documented for device bans; here for every path"],
  ["unknown-path", "transport", "assumed", "A path that does not exist answers code 100.", "404 is on the platform's list of statuses", "unknownPathStatus"],
  ["foreign-parameters", "transport", "assumed", "Unknown parameters are ignored.", "not stated anywhere"],
  ["size-limits", "transport", "assumed", "Bodies above 1 MiB and request heads above 64 KiB answer code 100.", "real limits are not known"],
  // Errors
  ["envelope", "errors", "documented", "Errors are an envelope of message, type, code, error_subcode, error_data and fbtrace_id.", "Graph error pages; error_data seen on this host"],
  ["statuses", "errors", "assumed", "Code 10 and 200 answer 403; 100, 190, 2500 and 12074 answer 400.", "the platform lists 400, 401, 403, 404, 500 without a mapping"],
  ["invalid-token", "errors", "observed", "An unknown, expired or revoked token answers 190 with status 400.", "a headset log and an issue; 401 is listed for it", "invalidTokenStatus"],
  ["missing-token", "errors", "assumed", "A request without a token answers 2500.", "general Graph habit"],
  ["missing-object", "errors", "observed", "An id that does not exist, or that this token may not see, answers 100 with subcode 33.", "seen on deletes; general Graph rule for the rest"],
  ["unknown-field", "errors", "assumed", "A field that does not exist answers code 100.", "general Graph rule; consistent with public trial and error"],
  // Tokens
  ["app-token", "tokens", "documented", "OC|id|secret, made locally; a new secret ends the old token at once.", "server-to-server basics"],
  ["user-token-life", "tokens", "assumed", "A user token lives until it is expired or revoked.", "its life is not documented", "tokenTtlMs"],
  ["foreign-app", "tokens", "assumed", "A token of another app on an app's path answers code 10.", "only that it fails is known"],
  ["foreign-user", "tokens", "assumed", "A user token on another user's path answers code 10.", "not stated anywhere"],
  ["me", "tokens", "assumed", "`me` is the user token's own user, on every path; with an app token it answers 2500.", "documented for GET /me only; 2500 is the Graph rule"],
  // Fields and paging
  ["default-fields", "paging", "documented", "Without `fields` a row shows its id alone; `id` is always shown, also in nested objects.", "definitions and leaderboards pages; the user example prints none"],
  ["absent-values", "paging", "documented", "Values that are absent are left out, not null.", "documented examples"],
  ["page-size", "paging", "assumed", "A page holds 25 rows without `limit`.", "general Graph default", "pageSize"],
  ["max-page-size", "paging", "assumed", "A page never holds more than 500 rows.", "the limit of another edge of this host", "maxPageSize"],
  ["paging-links", "paging", "documented", "`next` and `previous` carry host and access token; the last page has no `next`.", "documented examples"],
  ["quiet-paging", "paging", "assumed", "Definitions, progress and leaderboards that fit on one page have no `paging`.", "their documented examples have none"],
  ["cursors", "paging", "assumed", "A cursor names a row; when the row is gone it stands for the row's place.", "cursors are opaque"],
  // 64 bit
  ["longs", "transport", "documented", "Counts, targets and scores are JSON numbers, exact to 64 bits.", "the pages print numbers; the SDK speaks of long as string", "longsAsStrings"],
  // Achievements
  ["definitions-token", "achievements.definitions", "documented", "User tokens may list definitions, without archived ones.", "older pages; current ones name the app token only", "writePolicy"],
  ["add-count", "achievements.write", "documented", "add_count is added, never set; two equal calls count twice.", "achievements page"],
  ["add-bits", "achievements.write", "documented", "add_bits is a bitwise OR by position.", "achievements page"],
  ["short-bits", "achievements.write", "assumed", "Shorter add_bits are padded on the right, longer ones are refused.", "not stated anywhere"],
  ["negative-count", "achievements.write", "assumed", "A negative add_count is refused; zero is accepted.", "not stated anywhere"],
  ["count-limit", "achievements.write", "documented", "The counter stops at 2^63-1.", "SDK headers"],
  ["unlock-rule", "achievements.write", "documented", "Unlocks when the counter, or the number of set bits, reaches the target; force_unlock at once.", "achievements page"],
  ["after-unlock", "achievements.write", "assumed", "Progress goes on after the unlock.", "not stated anywhere", "afterUnlock"],
  ["just-unlocked", "achievements.write", "documented", "just_unlocked is true only in the call that caused the unlock.", "achievements page"],
  ["app-writes-client", "achievements.write", "documented", "App tokens write client-authoritative achievements.", "server-to-server basics; the achievements page says otherwise", "writePolicy"],
  ["user-writes", "achievements.write", "documented", "User tokens write client-authoritative achievements, and are refused (code 200) on server-authoritative ones.", "older pages; the code is assumed"],
  ["wrong-type", "achievements.write", "assumed", "A parameter of another achievement type is ignored; with nothing left to write, code 100.", "documented only as valid for its type", "writePolicy"],
  ["write-id", "achievements.write", "assumed", "The answer's id is the progress row's.", "two pages disagree", "writeAnswerId"],
  ["archived-writes", "achievements.write", "assumed", "Writes to an archived achievement are refused with code 100.", "archiving hides and deletes nothing", "archivedWrites"],
  ["progress-rows", "achievements.read", "assumed", "Only achievements with progress have a row.", "not stated anywhere", "progressRows"],
  ["progress-definition", "achievements.read", "documented", "`definition{...}` names the achievement of a row.", "older page; absent from the current table", "omitDefinition"],
  ["progress-fields", "achievements.read", "documented", "api_name and target may also be asked of the row itself.", "union of two pages"],
  ["progress-bits", "achievements.read", "assumed", "bitfield_progress is shown for BITFIELD only, count_progress (0) for every type.", "one example shows a count of 0 on a bitfield"],
  ["locked-time", "achievements.read", "assumed", "A locked row has no unlock_time.", "not stated anywhere", "lockedUnlockTime"],
  ["archived-rows", "achievements.read", "assumed", "Archived achievements have no row.", "archiving hides"],
  // Leaderboards
  ["better-scores", "leaderboards.submit", "documented", "A score that is not better changes nothing, without force_update; did_update says so.", "server-to-server page and SDK; the client page says it overwrites"],
  ["equal-scores", "leaderboards.submit", "assumed", "An equal score is not better.", "not stated anywhere"],
  ["app-writes-boards", "leaderboards.submit", "documented", "App tokens with user_id write boards of both policies.", "a forum post of staff; the page names user tokens", "writePolicy"],
  ["user-id-and-token", "leaderboards.submit", "documented", "user_id is required with an app token and refused with a user token.", "leaderboards page"],
  ["invalid-user", "leaderboards.submit", "documented", "An invalid user id answers code 100.", "SDK error lists"],
  ["entitlement", "leaderboards.submit", "assumed", "A user without entitlement answers code 10.", "that it fails is documented, the code is not"],
  ["extra-data", "leaderboards.submit", "documented", "Extra data holds at most 2048 bytes once decoded.", "older page and SDK; the code 100 is assumed"],
  ["time-window", "leaderboards.submit", "documented", "Outside the board's window code 100.", "SDK for too late; too early is assumed"],
  ["start-at", "leaderboards.entries", "documented", "start_at takes the server names and the CENTERED_ON_ names.", "two documents", "writePolicy"],
  ["viewer-token", "leaderboards.entries", "documented", "Viewer and friends queries need a user token (2500 otherwise).", "leaderboards page; the code is assumed"],
  ["viewer-missing", "leaderboards.entries", "documented", "A viewer without entry answers code 12074.", "SDK error lists; status 400 is assumed"],
  ["friends", "leaderboards.entries", "assumed", "FRIENDS shows mutual followers and the viewer.", "the viewer's own row is not stated"],
  ["ranks", "leaderboards.entries", "documented", "Ranks are absolute and counted from 1, also under a filter.", "SDK"],
  ["ties", "leaderboards.entries", "assumed", "Equal scores rank by earlier update, then by entry id.", "not stated anywhere"],
  ["total-count", "leaderboards.entries", "assumed", "summary.total_count counts the rows under the filter.", "shown without a filter only"],
  // Users
  ["app-scoped-ids", "users.get", "documented", "A user has another id in every app; org_scoped_id is the same.", "ownership page"],
  ["foreign-user-id", "users.get", "observed", "Another app's user id is refused.", "public servers rely on it; 100 with subcode 33 is assumed"],
  ["nonce-once", "users.validateNonce", "documented", "A nonce is good for one check; a check for the wrong user spends it too.", "SDK; the second half is assumed"],
  ["nonce-life", "users.validateNonce", "assumed", "A nonce lives five minutes.", "not stated anywhere", "nonceTtlMs"],
  ["nonce-false", "users.validateNonce", "assumed", "Spent, expired, foreign and unknown nonces answer is_valid false with status 200.", "integrators check both status and flag"],
];

/** Every behaviour that a reader could mistake for the platform's word. */
export const behaviours: readonly Behaviour[] = rows.map(([id, about, basis, does, source, switchedBy]) => {
  return { id, about, basis, does, source, ...(switchedBy === undefined ? {} : { switchedBy }) };
});
