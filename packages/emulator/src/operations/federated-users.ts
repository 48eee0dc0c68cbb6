import { checkSelection, type NodeShape, parseFields, project } from "../graph/fields.ts";
import { GraphError, invalidParameter } from "../graph/graph-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { App, AppUser } from "../world/app.ts";
import {
  addFederatedUser,
  displayNameProblem,
  federatedUser,
  removeFederatedUser,
  renameFederatedUser,
} from "../world/federated.ts";
import { type Call, federatedAppInPath, goodToken, userInPath } from "./call.ts";
import { page, pageLimit } from "./paging.ts";

const MAX_PERSISTENT_ID = 256;

const federatedShape: NodeShape<AppUser> = {
  name: "FederatedUser",
  id: (user) => user.id,
  scalars: {
    persistent_id: ({ federated }) => federated?.persistentId,
    display_name: ({ federated }) => federated?.displayName,
    unique_name: ({ federated }) => federated?.uniqueName,
  },
  objects: {},
};

/** F1: POST `/{federated_app_id}/federated_user_create`. */
export function createFederatedUser(call: Call): ExactJson {
  const app = federatedAppInPath(call);
  const persistentId = call.parameters.required("persistent_id");
  if (persistentId.length > MAX_PERSISTENT_ID) throw invalidParameter("The persistent_id is invalid");
  if (federatedUser(app, persistentId) !== undefined) throw invalidParameter("The persistent_id is not unique");
  const user = addFederatedUser(call.state, app, persistentId, displayName(call));
  call.tookEffect();
  return whole(user);
}

/** F2: POST `/{federated_app_id}/federated_user_gen_access_token`. Every call makes another token. */
export function mintFederatedToken(call: Call): ExactJson {
  const user = userNamed(call, federatedAppInPath(call));
  const token = `OC${call.mintText(60)}`;
  const { tokenTtlMs } = call.switches;
  call.state.tokens.set(token, { user, expiresAt: call.now + (tokenTtlMs ?? Infinity) });
  call.tookEffect();
  return { access_token: token };
}

/** F3: GET `/{id}` and F5: GET `/me` with a federated user's token. */
export function readFederatedUser(call: Call): ExactJson {
  const user = userInPath(call, goodToken(call));
  return project(user, parseFields(call.parameters.text("fields")), federatedShape);
}

/** F4: GET `/{federated_app_id}/federated_users?persistent_id=`. */
export function findFederatedUser(call: Call): ExactJson {
  const user = userNamed(call, federatedAppInPath(call));
  const shown = project(user, parseFields(call.parameters.text("fields")), federatedShape);
  return call.switches.federatedFind === "data" ? { data: [shown] } : shown;
}

/** F6: GET `/{federated_app_id}/federated_users`: the users of the whole team. */
export function listFederatedUsers(call: Call): ExactJson {
  federatedAppInPath(call);
  const fields = parseFields(call.parameters.text("fields"));
  checkSelection(fields, federatedShape);
  const rows = [...call.state.federatedApps.values()].flatMap((app) => [...app.users.values()]);
  const show = (row: AppUser): ExactJson => project(row, fields, federatedShape);
  const body = page(call, { rows, idOf: (row) => row.id, show, limit: pageLimit(call), quiet: false });
  // Unlike everywhere else, a page that does not exist is an empty text.
  const paging = (body["paging"] ?? {}) as Record<string, ExactJson>;
  return { ...body, paging: { ...paging, previous: paging["previous"] ?? "", next: paging["next"] ?? "" } };
}

/** F7: POST `/{app_id}/federated_user_update`. */
export function updateFederatedUser(call: Call): ExactJson {
  const app = federatedAppInPath(call);
  const user = userNamed(call, app);
  if (call.parameters.text("display_name") !== undefined && user.federated !== undefined) {
    renameFederatedUser(app, user.federated, displayName(call));
  }
  call.tookEffect();
  return whole(user);
}

/** F8: DELETE `/{federated_app_id}/federated_user`. Scores and achievements go too. */
export function deleteFederatedUser(call: Call): ExactJson {
  removeFederatedUser(call.state, userNamed(call, federatedAppInPath(call)));
  call.tookEffect();
  return { success: true };
}

function displayName(call: Call): string {
  const name = call.parameters.required("display_name");
  const problem = displayNameProblem(name);
  if (problem !== undefined) throw invalidParameter(`Invalid display_name: ${problem}`);
  return name;
}

function userNamed(call: Call, app: App): AppUser {
  const user = federatedUser(app, call.parameters.required("persistent_id"));
  if (user !== undefined) return user;
  throw new GraphError(400, { message: "(#100) Unknown federated user", code: 100, error_subcode: 33 });
}

function whole(user: AppUser): ExactJson {
  return project(user, parseFields("persistent_id,display_name,unique_name"), federatedShape);
}
