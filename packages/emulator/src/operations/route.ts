import { GraphError, missingObject } from "../graph/graph-error.ts";
import type { WorldState } from "../world/state.ts";
import { listDefinitions, readProgress, writeProgress } from "./achievements.ts";
import { type Call, goodToken, type Operation } from "./call.ts";
import { queryEntries } from "./leaderboard-entries.ts";
import { listLeaderboards, submitEntry } from "./leaderboards.ts";
import { readUser, validateNonce } from "./users.ts";

/** What a request asks for, as faults, the request log and its summary name it. */
export type OperationName =
  | "achievements.definitions"
  | "achievements.write"
  | "achievements.read"
  | "leaderboards.list"
  | "leaderboards.submit"
  | "leaderboards.entries"
  | "users.me"
  | "users.get"
  | "users.validateNonce"
  | "unknown";

export const operations: Readonly<Record<OperationName, Operation>> = {
  "achievements.definitions": listDefinitions,
  "achievements.write": writeProgress,
  "achievements.read": readProgress,
  "leaderboards.list": listLeaderboards,
  "leaderboards.submit": submitEntry,
  "leaderboards.entries": queryEntries,
  "users.me": readUser,
  "users.get": readUser,
  "users.validateNonce": validateNonce,
  unknown: refuseUnknown,
};

export const operationNames: readonly OperationName[] = Object.keys(operations) as OperationName[];

const byPath: Readonly<Record<string, OperationName>> = {
  "POST leaderboard_submit_entry": "leaderboards.submit",
  "GET leaderboard_entries": "leaderboards.entries",
  "POST user_nonce_validate": "users.validateNonce",
  "GET me": "users.me",
  "GET */achievement_definitions": "achievements.definitions",
  "POST */achievements": "achievements.write",
  "GET */achievements": "achievements.read",
  "GET */leaderboards": "leaderboards.list",
};

/** The path without version prefix, in segments. */
export function segmentsOf(path: string): readonly string[] {
  return path
    .replace(/^\/v\d+(\.\d+)?(?=\/|$)/, "")
    .split("/")
    .filter((segment) => segment !== "");
}

export function operationOf(method: string, segments: readonly string[], state: WorldState): OperationName {
  const [first, second] = segments;
  if (first === undefined || segments.length > 2) return "unknown";
  const path = second === undefined ? `${method} ${first}` : `${method} */${second}`;
  if (Object.hasOwn(byPath, path)) return byPath[path] ?? "unknown";
  // GET /{id} is one route for every kind of object; only users have something to read.
  const isNode = second === undefined && method === "GET" && /^\d+$/.test(first);
  const kind = state.nodes.get(first)?.kind ?? "user";
  return isNode && kind === "user" ? "users.get" : "unknown";
}

function refuseUnknown(call: Call): never {
  goodToken(call);
  const [first = "", second] = call.segments;
  if (second === undefined && /^\d+$/.test(first)) throw missingObject(call.method, first);
  throw new GraphError(call.switches.unknownPathStatus, {
    message: `(#100) Unknown path components: /${call.segments.join("/").slice(0, 128)}`,
    code: 100,
  });
}
