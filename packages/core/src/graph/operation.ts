/** What another identical request does. Retries, and the `ambiguous` error, follow from it. */
export type Repeat =
  /** Changes nothing, whatever its HTTP method. Repeated after passing failures. */
  | "read"
  /** Leaves the same end state. Repeated as a read is; a lost answer leaves `applied: "maybe"`. */
  | "replay-safe"
  /** Adds, spends or sends once more. Never repeated; a lost answer is `ambiguous`. */
  | "accumulating"
  /** Uses up what it is given: the second request is refused although the first took effect. Never repeated; `ambiguous`. */
  | "single-use"
  /** Takes away what cannot be given back. Never repeated by itself; `ambiguous`. */
  | "destructive";

/** `app`, `user`: that token only. `app-or-user`: either. `federated-*`: those of the federated app. */
export type TokenKind = "app" | "user" | "app-or-user" | "federated-app" | "federated-user";

/** One operation of the platform, as data. */
export interface Operation {
  /** Short name in docs and tests. */
  readonly id: string;
  readonly request: `${"GET" | "POST" | "DELETE"} /${string}`;
  readonly token: TokenKind;
  readonly repeat: Repeat;
  /** The page of Meta's documentation that describes it. */
  readonly source: string;
  /** What to do when it is unknown whether it took effect; for every operation that is not repeated. */
  readonly inDoubt?: string;
}

/** A call: `graph.<noun>.<verb>`. */
export type OperationName =
  | "achievements.define"
  | "achievements.definitions"
  | "achievements.write"
  | "achievements.read"
  | "achievements.readOne"
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
  | "accounts.link"
  | "accounts.refresh"
  | "purchases.verify"
  | "purchases.consume"
  | "purchases.owned"
  | "purchases.available"
  | "purchases.refund"
  | "subscriptions.list"
  | "subscriptions.cancel"
  | "subscriptions.extend"
  | "attestation.verify"
  | "deviceBans.ban"
  | "deviceBans.lift"
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
  | "notifications.trigger";
