import { checkSelection, parseFields, project } from "../graph/fields.ts";
import { invalidParameter, permissionDenied, policyRefusal } from "../graph/graph-error.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { AppLeaderboard, AppUser } from "../world/app.ts";
import { appInPath, type Call, goodToken, type GoodToken } from "./call.ts";
import { page, pageLimit } from "./paging.ts";
import { leaderboardShape, seconds } from "./rows.ts";

const MAX_EXTRA_DATA_BYTES = 2048;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** L2: GET `/{app_id}/leaderboards`. */
export function listLeaderboards(call: Call): ExactJson {
  const app = appInPath(call, goodToken(call));
  const shape = leaderboardShape();
  const fields = parseFields(call.parameters.text("fields"));
  checkSelection(fields, shape);
  const apiName = call.parameters.text("api_name");
  const rows = [...app.leaderboards.values()].filter((each) => !apiName || each.options.apiName === apiName);
  const show = (row: AppLeaderboard): ExactJson => project(row, fields, shape);
  return page(call, { rows, idOf: (row) => row.options.id, show, limit: pageLimit(call), quiet: true });
}

/** L3: POST `/leaderboard_submit_entry`. */
export function submitEntry(call: Call): ExactJson {
  const { parameters, now } = call;
  const token = goodToken(call);
  const board = leaderboardNamed(parameters, token);
  const user = writtenUser(parameters, token);
  checkPolicy(board, token, call.switches.writePolicy === "strict");
  if (!user.entitled) throw permissionDenied("The user has no entitlement to the app");
  const score = parameters.long("score");
  if (score === undefined) throw invalidParameter("The parameter score is required");
  const extraData = readExtraData(parameters);
  const force = parameters.boolean("force_update", false);
  checkWindow(board, seconds(now));

  const updated = board.submit(user, { score, extraData, force }, now, () => call.state.mintEntryId(board, user));
  call.oracle.submitted(user.id, board.options.apiName, updated, force);
  call.tookEffect();
  return { did_update: updated, updated_challenge_ids: [], success: true };
}

export function leaderboardNamed(parameters: Parameters, token: GoodToken): AppLeaderboard {
  const board = token.app.leaderboards.get(parameters.required("api_name"));
  if (board === undefined) throw invalidParameter("No leaderboard with this api_name");
  return board;
}

function writtenUser(parameters: Parameters, token: GoodToken): AppUser {
  if (token.kind === "user") {
    if (parameters.text("user_id") === undefined) return token.user;
    throw invalidParameter("user_id must not be set with a user access token");
  }
  const user = token.app.users.get(parameters.required("user_id"));
  if (user === undefined) throw invalidParameter("Invalid user id");
  return user;
}

function checkPolicy(board: AppLeaderboard, token: GoodToken, strict: boolean): void {
  const clientMayWrite = board.options.writePolicy === "CLIENT_AUTHORITATIVE";
  if (token.kind === "user" && !clientMayWrite) {
    throw policyRefusal("A server-authoritative leaderboard is written with an app access token");
  }
  if (token.kind === "app" && clientMayWrite && strict) {
    throw policyRefusal("A client-authoritative leaderboard is written with a user access token");
  }
}

function checkWindow({ options }: AppLeaderboard, now: number): void {
  if (options.earliest !== undefined && now < options.earliest) throw invalidParameter("The entry is too early");
  if (options.latest !== undefined && now > options.latest) throw invalidParameter("The entry is too late");
}

function readExtraData(parameters: Parameters): string | undefined {
  const text = parameters.text("extra_data_base64");
  if (text === undefined || text === "") return undefined;
  if (!BASE64.test(text)) throw invalidParameter("The parameter extra_data_base64 is not standard base64");
  if (Buffer.byteLength(text, "base64") > MAX_EXTRA_DATA_BYTES) {
    throw invalidParameter(`The parameter extra_data_base64 holds more than ${MAX_EXTRA_DATA_BYTES} bytes`);
  }
  return text;
}
