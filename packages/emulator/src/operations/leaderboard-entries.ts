import { checkSelection, parseFields, project } from "../graph/fields.ts";
import { GraphError, invalidParameter, permissionDenied, userTokenNeeded } from "../graph/graph-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { AppEntry, AppLeaderboard } from "../world/app.ts";
import { type Call, goodToken, type GoodToken } from "./call.ts";
import { leaderboardNamed } from "./leaderboards.ts";
import { page, pageLimit } from "./paging.ts";
import { entryShape } from "./rows.ts";

const FILTERS = ["NONE", "FRIENDS", "USER_IDS"];
const STARTS = ["TOP", "VIEWER", "VIEWER_OR_TOP", "OFFSET"];

/** L4: GET `/leaderboard_entries`. */
export function queryEntries(call: Call): ExactJson {
  const token = goodToken(call);
  const board = leaderboardNamed(call.parameters, token);
  const query = readQuery(call);
  checkToken(call, token, query);
  const fields = parseFields(call.parameters.text("fields"));
  const shape = entryShape(board, call.switches);
  checkSelection(fields, shape);
  const rows = filtered(call, board, token, query);
  const limit = pageLimit(call);
  const start = startIndex(call, rows, token, query, limit);
  const show = (row: AppEntry): ExactJson => project(row, fields, shape);
  const body = page(call, { rows, idOf: (row) => row.id, show, start, limit, quiet: false });
  if (call.parameters.boolean("summary", false)) body["summary"] = { total_count: rows.length };
  return body;
}

interface Query {
  readonly filter: string;
  readonly startAt: string;
  readonly centred: boolean;
}

function readQuery(call: Call): Query {
  const filter = oneOf(call, "filter", "NONE", FILTERS);
  let startAt = call.parameters.text("start_at") || "TOP";
  if (call.switches.writePolicy === "lenient") {
    // The client libraries name these values differently from the server-to-server page.
    startAt = startAt.toUpperCase().replace(/^CENTERED_ON_/, "");
  }
  if (!STARTS.includes(startAt)) throw invalidParameter(`The parameter start_at must be one of ${STARTS.join(", ")}`);
  if (startAt === "OFFSET" && filter !== "NONE" && call.switches.writePolicy === "strict") {
    throw invalidParameter("start_at=OFFSET allows no filter");
  }
  return { filter, startAt, centred: startAt.startsWith("VIEWER") };
}

function oneOf(call: Call, name: string, otherwise: string, values: readonly string[]): string {
  const given = call.parameters.text(name) || otherwise;
  const value = call.switches.writePolicy === "lenient" ? given.toUpperCase() : given;
  if (values.includes(value)) return value;
  throw invalidParameter(`The parameter ${name} must be one of ${values.join(", ")}`);
}

function checkToken(call: Call, token: GoodToken, { filter, centred }: Query): void {
  const needsUser = centred || filter === "FRIENDS";
  if (needsUser && token.kind === "app") throw userTokenNeeded();
  if (!needsUser && token.kind === "user" && call.switches.writePolicy === "strict") {
    throw permissionDenied("This query needs an app access token");
  }
}

function filtered(
  call: Call,
  board: AppLeaderboard,
  token: GoodToken,
  { filter, centred }: Query,
): readonly AppEntry[] {
  const ranked = board.ranked();
  if (filter === "NONE") return ranked;
  const viewer = token.kind === "user" ? token.user : undefined;
  if (filter === "FRIENDS") {
    return ranked.filter(({ user }) => user === viewer || viewer?.person.friends.has(user.person) === true);
  }
  const ids = call.parameters.ids("user_ids");
  if (ids === undefined) throw invalidParameter("filter=USER_IDS needs the parameter user_ids");
  const wanted = new Set(ids);
  return ranked.filter(({ user }) => wanted.has(user.id) || (centred && user === viewer));
}

function startIndex(call: Call, rows: readonly AppEntry[], token: GoodToken, query: Query, limit: number): number {
  if (query.startAt === "OFFSET") {
    const offset = call.parameters.count("offset", 0);
    if (offset === undefined) throw invalidParameter("start_at=OFFSET needs the parameter offset");
    return offset;
  }
  if (!query.centred || token.kind !== "user") return 0;
  const own = rows.findIndex(({ user }) => user === token.user);
  if (own !== -1) return Math.max(0, own - Math.floor((limit - 1) / 2));
  if (query.startAt === "VIEWER_OR_TOP") return 0;
  throw new GraphError(400, { message: "(#12074) The viewer has no entry on this leaderboard", code: 12074 });
}
