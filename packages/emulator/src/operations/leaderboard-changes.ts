import { API_NAME, API_NAME_RULE } from "../graph/api-name.ts";
import { invalidParameter, missingObject, permissionDenied } from "../graph/graph-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { sameFamily } from "../world/app.ts";
import { addLeaderboard } from "../world/apps.ts";
import { appInPath, appToken, type Call } from "./call.ts";
import { leaderboardNamed } from "./leaderboards.ts";

/** L1: POST `/{app_id}/leaderboards`. An existing name is an update, which keeps what is not given. */
export function defineLeaderboard(call: Call): ExactJson {
  const app = appInPath(call, { kind: "app", app: appToken(call) });
  const { parameters, switches } = call;
  const apiName = parameters.required("api_name");
  if (!API_NAME.test(apiName)) throw invalidParameter(`The parameter api_name must consist of ${API_NAME_RULE}`);
  const strict = switches.writePolicy === "strict";
  const existing = app.leaderboards.get(apiName);
  const sortOrder =
    parameters.choice("sort_order", ["HIGHER_IS_BETTER", "LOWER_IS_BETTER"], strict) ?? existing?.options.sortOrder;
  if (sortOrder === undefined) throw invalidParameter("The parameter sort_order is required");
  const writePolicy =
    parameters.choice("entry_write_policy", ["CLIENT_AUTHORITATIVE", "SERVER_AUTHORITATIVE"], strict) ??
    existing?.options.writePolicy ??
    "CLIENT_AUTHORITATIVE";
  const earliest = parameters.count("earliest_allowed_entry_time", 0) ?? existing?.options.earliest;
  const latest = parameters.count("latest_allowed_entry_time", 0) ?? existing?.options.latest;
  if (earliest !== undefined && latest !== undefined && earliest > latest) {
    throw invalidParameter("earliest_allowed_entry_time must not be after latest_allowed_entry_time");
  }
  // Titles are shown by nothing that is emulated; they only have to be well formed.
  parameters.map("title_locale_map");
  const board =
    existing ??
    addLeaderboard(call.state, app, { api_name: apiName, sort_order: sortOrder, entry_write_policy: writePolicy });
  board.change({ sortOrder, writePolicy, earliest, latest });
  call.tookEffect();
  return { id: board.options.id };
}

/** L5: DELETE `/{entry_id}`. */
export function deleteEntry(call: Call): ExactJson {
  const app = appToken(call);
  const id = call.segments[0] ?? "";
  const node = call.state.nodes.get(id);
  if (node?.kind !== "entry" || !sameFamily(node.app, app)) throw missingObject(call.method, id);
  call.state.removeEntry(node.leaderboard, node.user.id);
  call.tookEffect();
  return { success: true };
}

/** L6: POST `/leaderboard_remove_all_entries`. */
export function removeAllEntries(call: Call): ExactJson {
  const board = leaderboardNamed(call.parameters, { kind: "app", app: appToken(call) });
  for (const { user } of board.ranked()) call.state.removeEntry(board, user.id);
  call.tookEffect();
  return { success: true };
}

/** L7: DELETE `/{leaderboard_id}`; its entries go too. */
export function deleteLeaderboard(call: Call): ExactJson {
  const app = appToken(call);
  const id = call.segments[0] ?? "";
  const node = call.state.nodes.get(id);
  if (node?.kind !== "leaderboard") throw missingObject(call.method, id);
  if (node.app !== app) throw permissionDenied("The access token belongs to another app");
  call.state.removeLeaderboard(app, node.leaderboard);
  call.tookEffect();
  return { success: true };
}
