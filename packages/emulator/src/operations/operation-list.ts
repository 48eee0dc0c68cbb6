/** What a request asks for, as faults, the request log and its summary name it. */
export type OperationName =
  | "achievements.define"
  | "achievements.definitions"
  | "achievements.write"
  | "achievements.read"
  | "achievements.removeAll"
  | "leaderboards.define"
  | "leaderboards.list"
  | "leaderboards.submit"
  | "leaderboards.entries"
  | "leaderboards.deleteEntry"
  | "leaderboards.removeAllEntries"
  | "leaderboards.delete"
  | "users.me"
  | "users.get"
  | "users.validateNonce"
  | "accountLinking.exchange"
  | "accountLinking.refresh"
  | "purchases.verify"
  | "purchases.consume"
  | "purchases.list"
  | "purchases.catalogue"
  | "purchases.refund"
  | "subscriptions.list"
  | "subscriptions.cancel"
  | "subscriptions.extend"
  | "attestation.verify"
  | "deviceBans.set"
  | "deviceBans.list"
  | "deviceBans.status"
  | "federatedUsers.create"
  | "federatedUsers.mintToken"
  | "federatedUsers.get"
  | "federatedUsers.find"
  | "federatedUsers.me"
  | "federatedUsers.list"
  | "federatedUsers.update"
  | "federatedUsers.delete"
  | "notifications.send"
  | "nodes.get"
  | "unknown";

/** One operation of the platform that the emulator carries out. */
export interface OperationInfo {
  readonly name: Exclude<OperationName, "unknown">;
  readonly method: "GET" | "POST" | "DELETE";
  /** With `{…}` for ids. */
  readonly path: string;
  /** The tokens it takes: the app's, a user's, a federated app's. */
  readonly token: "app" | "user" | "app or user" | "federated app";
  /** Where its contract comes from. */
  readonly source: string;
}

type Row = readonly [
  name: OperationInfo["name"],
  method: OperationInfo["method"],
  path: string,
  token: OperationInfo["token"],
  source: string,
];

const rows: readonly Row[] = [
  ["achievements.define", "POST", "/{app_id}/achievement_definitions", "app", "achievements page"],
  ["achievements.definitions", "GET", "/{app_id}/achievement_definitions", "app or user", "achievements page"],
  ["achievements.write", "POST", "/{user_id}/achievements", "app or user", "achievements page"],
  ["achievements.read", "GET", "/{user_id}/achievements", "app or user", "achievements page"],
  ["achievements.removeAll", "POST", "/achievement_remove_all", "app", "achievements page"],
  ["leaderboards.define", "POST", "/{app_id}/leaderboards", "app", "leaderboards page"],
  ["leaderboards.list", "GET", "/{app_id}/leaderboards", "app or user", "leaderboards page"],
  ["leaderboards.submit", "POST", "/leaderboard_submit_entry", "app or user", "leaderboards page"],
  ["leaderboards.entries", "GET", "/leaderboard_entries", "app or user", "leaderboards page"],
  ["leaderboards.deleteEntry", "DELETE", "/{entry_id}", "app", "leaderboards page"],
  ["leaderboards.removeAllEntries", "POST", "/leaderboard_remove_all_entries", "app", "leaderboards page"],
  ["leaderboards.delete", "DELETE", "/{leaderboard_id}", "app", "leaderboards page"],
  ["users.me", "GET", "/me", "user", "account linking page"],
  ["users.get", "GET", "/{user_id}", "app or user", "user verification page"],
  ["users.validateNonce", "POST", "/user_nonce_validate", "app", "user verification page"],
  ["accountLinking.exchange", "POST", "/sso_authorize_code", "app", "account linking page"],
  ["accountLinking.refresh", "POST", "/sso_authorize_refresh_code", "app", "account linking page"],
  ["purchases.verify", "POST", "/{app_id}/verify_entitlement", "app or user", "in-app purchases page"],
  ["purchases.consume", "POST", "/{app_id}/consume_entitlement", "app or user", "in-app purchases page"],
  ["purchases.list", "GET", "/{app_id}/viewer_purchases", "app or user", "in-app purchases page"],
  ["purchases.catalogue", "GET", "/application/available_purchases", "app or user", "in-app purchases page"],
  ["purchases.refund", "POST", "/{app_id}/refund_iap_entitlement", "app or user", "in-app purchases page"],
  ["subscriptions.list", "GET", "/application/subscriptions", "app or user", "subscriptions page"],
  ["subscriptions.cancel", "POST", "/application/cancel_subscription", "app", "subscriptions page"],
  ["subscriptions.extend", "POST", "/application/extend_subscription", "app", "subscriptions page"],
  ["attestation.verify", "GET", "/platform_integrity/verify", "app", "attestation page"],
  ["deviceBans.set", "POST", "/platform_integrity/device_ban", "app", "attestation page"],
  ["deviceBans.list", "GET", "/platform_integrity/device_ban_ids", "app", "attestation page"],
  ["deviceBans.status", "GET", "/platform_integrity/device_ban_status", "app", "attestation page"],
  [
    "federatedUsers.create",
    "POST",
    "/{federated_app_id}/federated_user_create",
    "federated app",
    "federated users pages",
  ],
  [
    "federatedUsers.mintToken",
    "POST",
    "/{federated_app_id}/federated_user_gen_access_token",
    "federated app",
    "federated users pages",
  ],
  ["federatedUsers.get", "GET", "/{federated_user_id}", "federated app", "federated users pages"],
  [
    "federatedUsers.find",
    "GET",
    "/{federated_app_id}/federated_users?persistent_id=",
    "federated app",
    "federated users pages",
  ],
  ["federatedUsers.me", "GET", "/me", "user", "federated users pages"],
  ["federatedUsers.list", "GET", "/{federated_app_id}/federated_users", "federated app", "federated users pages"],
  [
    "federatedUsers.update",
    "POST",
    "/{federated_app_id}/federated_user_update",
    "federated app",
    "federated users pages",
  ],
  ["federatedUsers.delete", "DELETE", "/{federated_app_id}/federated_user", "federated app", "federated users pages"],
  [
    "notifications.send",
    "POST",
    "/{request_id}/triggered_notifs_with_text_map",
    "app or user",
    "triggered notifications page",
  ],
  ["nodes.get", "GET", "/{id}", "app or user", "general Graph rule; documented for users only"],
];

/** Every operation that is implemented, in the order of the manual. */
export const operations: readonly OperationInfo[] = rows.map(([name, method, path, token, source]) => {
  return { name, method, path, token, source };
});

export const operationNames: readonly OperationName[] = [...operations.map(({ name }) => name), "unknown"];
