import { checkSelection, parseFields, project } from "../graph/fields.ts";
import { invalidParameter, permissionDenied, policyRefusal } from "../graph/graph-error.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { Definition } from "../world/definition.ts";
import { emptyState, type ProgressChange } from "../world/progress.ts";
import type { AppUser } from "../world/app.ts";
import { appInPath, appToken, type Call, goodToken, type GoodToken, userInPath } from "./call.ts";
import { page, pageLimit } from "./paging.ts";
import { definitionShape, progressShape, type ProgressRow } from "./rows.ts";

/** A2: GET `/{app_id}/achievement_definitions`. */
export function listDefinitions(call: Call): ExactJson {
  const token = goodToken(call);
  const app = appInPath(call, token);
  refuseUserInStrict(call, token);
  const archivedToo = call.parameters.boolean("include_archived", false);
  if (archivedToo && token.kind === "user") throw permissionDenied("include_archived needs an app access token");
  const shape = definitionShape(call.switches);
  const fields = parseFields(call.parameters.text("fields"));
  checkSelection(fields, shape);
  const rows = named(call, app.achievements).filter((each) => archivedToo || !each.archived);
  const show = (row: Definition): ExactJson => project(row, fields, shape);
  return page(call, { rows, idOf: (row) => row.id, show, limit: pageLimit(call), quiet: true });
}

/** A3: POST `/{user_id}/achievements`. */
export function writeProgress(call: Call): ExactJson {
  const { parameters, switches, now } = call;
  const token = goodToken(call);
  const user = userInPath(call, token);
  const apiName = parameters.required("api_name");
  const definition = token.app.achievements.get(apiName);
  if (definition === undefined) throw invalidParameter("No achievement with this api_name");
  checkPolicy(definition, token, switches.writePolicy === "strict");
  if (definition.archived && switches.archivedWrites === "refuse")
    throw invalidParameter("The achievement is archived");
  const change = readChange(parameters, definition, switches.writePolicy === "strict");

  const row = call.state.progressRow(user, definition);
  const justUnlocked = row.apply(change, now, switches.afterUnlock);
  const { count, bits, unlock } = change;
  call.oracle.wrote({ userId: user.id, apiName, count, bits, force: unlock === true, justUnlocked });
  call.tookEffect();
  return {
    id: switches.writeAnswerId === "progress" ? row.id : user.id,
    api_name: apiName,
    just_unlocked: justUnlocked,
  };
}

/** A4: GET `/{user_id}/achievements`. */
export function readProgress(call: Call): ExactJson {
  const token = goodToken(call);
  const user = userInPath(call, token);
  refuseUserInStrict(call, token);
  const shape = progressShape(call.switches);
  const fields = parseFields(call.parameters.text("fields"));
  checkSelection(fields, shape);
  const rows = named(call, token.app.achievements).flatMap((definition) => rowOf(call, user, definition));
  const show = (row: ProgressRow): ExactJson => project(row, fields, shape);
  return page(call, { rows, idOf: (row) => row.id, show, limit: pageLimit(call), quiet: true });
}

/** A5: POST `/achievement_remove_all`. Definitions stay. */
export function removeAllProgress(call: Call): ExactJson {
  const app = appToken(call);
  const user = app.users.get(call.parameters.required("user_id"));
  if (user === undefined) throw invalidParameter("Invalid user id");
  call.state.removeProgress(user);
  call.tookEffect();
  return { success: true };
}

function rowOf(call: Call, user: AppUser, definition: Definition): readonly ProgressRow[] {
  if (definition.archived) return [];
  const row = user.progress.get(definition.apiName);
  const state = row?.at(call.lagMs > 0 ? call.now - call.lagMs : Infinity);
  if (row !== undefined && state !== undefined) return [{ id: row.id, definition, state }];
  if (call.switches.progressRows === "absent") return [];
  // A zero row shows the id that the row will keep, so the row itself is made here; it has no history yet.
  const { id } = call.state.progressRow(user, definition);
  return [{ id, definition, state: emptyState(definition) }];
}

function named(call: Call, achievements: ReadonlyMap<string, Definition>): readonly Definition[] {
  const names = call.parameters.strings("api_names");
  if (names === undefined) return [...achievements.values()];
  return [...new Set(names)].flatMap((name) => achievements.get(name) ?? []);
}

function refuseUserInStrict(call: Call, token: GoodToken): void {
  if (token.kind === "user" && call.switches.writePolicy === "strict") {
    throw permissionDenied("This operation needs an app access token");
  }
}

function checkPolicy(definition: Definition, token: GoodToken, strict: boolean): void {
  const clientMayWrite = definition.writePolicy === "CLIENT_AUTHORITATIVE";
  if (token.kind === "user" && !clientMayWrite) {
    throw policyRefusal("A server-authoritative achievement is written with an app access token");
  }
  if (token.kind === "app" && clientMayWrite && strict) {
    throw policyRefusal("A client-authoritative achievement is written with a user access token");
  }
}

function readChange(parameters: Parameters, definition: Definition, strict: boolean): ProgressChange {
  const { type } = definition;
  const unlock = parameters.boolean("force_unlock", false);
  const count = readCount(parameters);
  const bits = readBits(parameters, type === "BITFIELD" ? definition.bitfieldLength : undefined);
  if (strict && count !== undefined && type !== "COUNT") throw invalidParameter("add_count is for COUNT achievements");
  if (strict && bits !== undefined && type !== "BITFIELD")
    throw invalidParameter("add_bits is for BITFIELD achievements");
  const change: ProgressChange = {
    count: type === "COUNT" ? count : undefined,
    bits: type === "BITFIELD" ? bits : undefined,
    unlock,
  };
  if (unlock || change.count !== undefined || change.bits !== undefined) return change;
  const wanted = { SIMPLE: "force_unlock", COUNT: "add_count or force_unlock", BITFIELD: "add_bits or force_unlock" };
  throw invalidParameter(`A ${type} achievement needs the parameter ${wanted[type]}`);
}

function readCount(parameters: Parameters): bigint | undefined {
  const count = parameters.long("add_count");
  if (count !== undefined && count < 0n) throw invalidParameter("The parameter add_count must not be negative");
  return count;
}

function readBits(parameters: Parameters, length: number | undefined): string | undefined {
  const bits = parameters.text("add_bits");
  if (bits === undefined || bits === "") return undefined;
  if (!/^[01]+$/.test(bits)) throw invalidParameter("The parameter add_bits must consist of 0 and 1");
  if (length !== undefined && bits.length > length) {
    throw invalidParameter(`The parameter add_bits is longer than the bitfield (${length})`);
  }
  return bits;
}
