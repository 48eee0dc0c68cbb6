import { GraphError, missingObject } from "../graph/graph-error.ts";
import { unescaped } from "../graph/unescaped.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { WorldState } from "../world/state.ts";
import { exchangeCode, refreshCode } from "./account-linking.ts";
import { defineAchievement } from "./achievement-definitions.ts";
import { listDefinitions, readProgress, removeAllProgress, writeProgress } from "./achievements.ts";
import { verifyAttestation } from "./attestation.ts";
import { type Call, goodToken, type Operation, type Token } from "./call.ts";
import { listBans, readBanStatus, setBan } from "./device-bans.ts";
import {
  createFederatedUser,
  deleteFederatedUser,
  findFederatedUser,
  listFederatedUsers,
  mintFederatedToken,
  readFederatedUser,
  updateFederatedUser,
} from "./federated-users.ts";
import { queryEntries } from "./leaderboard-entries.ts";
import { defineLeaderboard, deleteEntry, deleteLeaderboard, removeAllEntries } from "./leaderboard-changes.ts";
import { listLeaderboards, submitEntry } from "./leaderboards.ts";
import { readNode } from "./nodes.ts";
import { sendNotification } from "./notifications.ts";
import type { OperationName } from "./operation-list.ts";
import { consumeEntitlement, listPurchases, refundEntitlement, verifyEntitlement } from "./purchases.ts";
import { listCatalogue } from "./purchase-catalogue.ts";
import { cancel, extend, listSubscriptions } from "./subscriptions.ts";
import { readUser, validateNonce } from "./users.ts";

export const handlers: Readonly<Record<OperationName, Operation>> = {
  "achievements.define": defineAchievement,
  "achievements.definitions": listDefinitions,
  "achievements.write": writeProgress,
  "achievements.read": readProgress,
  "achievements.removeAll": removeAllProgress,
  "leaderboards.define": defineLeaderboard,
  "leaderboards.list": listLeaderboards,
  "leaderboards.submit": submitEntry,
  "leaderboards.entries": queryEntries,
  "leaderboards.deleteEntry": deleteEntry,
  "leaderboards.removeAllEntries": removeAllEntries,
  "leaderboards.delete": deleteLeaderboard,
  "users.me": readUser,
  "users.get": readUser,
  "users.validateNonce": validateNonce,
  "accountLinking.exchange": exchangeCode,
  "accountLinking.refresh": refreshCode,
  "purchases.verify": verifyEntitlement,
  "purchases.consume": consumeEntitlement,
  "purchases.list": listPurchases,
  "purchases.catalogue": listCatalogue,
  "purchases.refund": refundEntitlement,
  "subscriptions.list": listSubscriptions,
  "subscriptions.cancel": cancel,
  "subscriptions.extend": extend,
  "attestation.verify": verifyAttestation,
  "deviceBans.set": setBan,
  "deviceBans.list": listBans,
  "deviceBans.status": readBanStatus,
  "federatedUsers.create": createFederatedUser,
  "federatedUsers.mintToken": mintFederatedToken,
  "federatedUsers.get": readFederatedUser,
  "federatedUsers.find": findFederatedUser,
  "federatedUsers.me": readFederatedUser,
  "federatedUsers.list": listFederatedUsers,
  "federatedUsers.update": updateFederatedUser,
  "federatedUsers.delete": deleteFederatedUser,
  "notifications.send": sendNotification,
  "nodes.get": readNode,
  unknown: refuseUnknown,
};

const byPath: Readonly<Record<string, OperationName>> = {
  "POST achievement_remove_all": "achievements.removeAll",
  "POST leaderboard_submit_entry": "leaderboards.submit",
  "GET leaderboard_entries": "leaderboards.entries",
  "POST leaderboard_remove_all_entries": "leaderboards.removeAllEntries",
  "POST user_nonce_validate": "users.validateNonce",
  "POST sso_authorize_code": "accountLinking.exchange",
  "POST sso_authorize_refresh_code": "accountLinking.refresh",
  "GET platform_integrity/verify": "attestation.verify",
  "POST platform_integrity/device_ban": "deviceBans.set",
  "GET platform_integrity/device_ban_ids": "deviceBans.list",
  "GET platform_integrity/device_ban_status": "deviceBans.status",
  "GET me": "users.me",
  "POST */achievement_definitions": "achievements.define",
  "GET */achievement_definitions": "achievements.definitions",
  "POST */achievements": "achievements.write",
  "GET */achievements": "achievements.read",
  "POST */leaderboards": "leaderboards.define",
  "GET */leaderboards": "leaderboards.list",
  "POST */verify_entitlement": "purchases.verify",
  "POST */consume_entitlement": "purchases.consume",
  "GET */viewer_purchases": "purchases.list",
  "GET */available_purchases": "purchases.catalogue",
  "POST */refund_iap_entitlement": "purchases.refund",
  "GET */subscriptions": "subscriptions.list",
  "POST */cancel_subscription": "subscriptions.cancel",
  "POST */extend_subscription": "subscriptions.extend",
  "POST */federated_user_create": "federatedUsers.create",
  "POST */federated_user_gen_access_token": "federatedUsers.mintToken",
  "GET */federated_users": "federatedUsers.list",
  "POST */federated_user_update": "federatedUsers.update",
  "DELETE */federated_user": "federatedUsers.delete",
  "POST */triggered_notifs_with_text_map": "notifications.send",
};

/** The path without version prefix, in segments. */
export function segmentsOf(path: string): readonly string[] {
  return path
    .replace(/^\/v\d+(\.\d+)?(?=\/|$)/, "")
    .split("/")
    .filter((segment) => segment !== "")
    .map(unescaped);
}

export interface Routed {
  readonly method: string;
  readonly segments: readonly string[];
  readonly parameters: Parameters;
  readonly token: Token;
  readonly state: WorldState;
}

export function operationOf(routed: Routed): OperationName {
  const { method, segments, token } = routed;
  const [first, second] = segments;
  if (first === undefined || segments.length > 2) return "unknown";
  const exact = named(`${method} ${segments.join("/")}`);
  const operation = exact ?? (second === undefined ? nodeOperation(routed, first) : named(`${method} */${second}`));
  // Two pairs of operations share a path.
  if (operation === "users.me" && token.kind === "user" && token.user.federated) return "federatedUsers.me";
  if (operation === "federatedUsers.list" && routed.parameters.text("persistent_id")) return "federatedUsers.find";
  return operation ?? "unknown";
}

function named(path: string): OperationName | undefined {
  return Object.hasOwn(byPath, path) ? byPath[path] : undefined;
}

/** `/{id}` is one route for every kind of object. */
function nodeOperation({ method, state }: Routed, id: string): OperationName {
  const node = state.nodes.get(id);
  if (node === undefined && !/^\d+$/.test(id)) return "unknown";
  const kind = node?.kind === "gone" ? node.was : node?.kind;
  if (method === "DELETE") {
    if (kind === "leaderboard") return "leaderboards.delete";
    return kind === undefined || kind === "entry" ? "leaderboards.deleteEntry" : "unknown";
  }
  if (method !== "GET") return "unknown";
  if (node?.kind === "user" && node.user.federated) return "federatedUsers.get";
  return kind === undefined || kind === "user" ? "users.get" : "nodes.get";
}

function refuseUnknown(call: Call): never {
  goodToken(call);
  const [first = "", second] = call.segments;
  if (second === undefined && (/^\d+$/.test(first) || call.state.nodes.has(first))) {
    throw missingObject(call.method, first);
  }
  throw new GraphError(call.switches.unknownPathStatus, {
    message: `(#100) Unknown path components: /${call.segments.join("/").slice(0, 128)}`,
    code: 100,
  });
}
