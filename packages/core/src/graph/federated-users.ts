import * as z from "zod";
import { untilGone, type Gone } from "./already-gone.ts";
import type { Caller, CallOptions } from "./call.ts";
import { sendDone } from "./done.ts";
import * as check from "./inputs.ts";
import { pageOf, type Page, type ListOptions, type Pager } from "./pages.ts";
import { rowList, type RowList } from "./row-list.ts";
import { unwrapped } from "./unwrap.ts";
import { secret, type Secret } from "../secrets/secret.ts";
import { idText } from "../wire/json.ts";
import { rowOf, type Raw } from "../wire/row.ts";

/** A player of the same game on another store. */
export interface FederatedUser extends Raw {
  readonly id: string;
  /** Yours, unique, never changes. */
  readonly persistentId?: string;
  readonly displayName?: string;
  /** `<display name>#<number>` where the name was taken. */
  readonly uniqueName?: string;
}

/** Calls with the federated app's own token: `createGraphClient({ federatedApp })`. Without it every one throws `bad_input`. */
export interface FederatedUserCalls {
  /** F1: a persistent id is taken once; a display name has 3 to 30 characters. */
  create(
    user: { readonly persistentId: string; readonly displayName: string },
    options?: CallOptions,
  ): Promise<FederatedUser>;
  /** F2: a token that acts for that user, as a user token does, on leaderboards. */
  mintToken(persistentId: string, options?: CallOptions): Promise<Secret>;
  /** F3: by the platform's id. */
  get(id: string, options?: CallOptions): Promise<FederatedUser>;
  /** F4: by your id. */
  find(persistentId: string, options?: CallOptions): Promise<FederatedUser>;
  /** F5: whose token this is. */
  me(userToken: string | Secret, options?: CallOptions): Promise<FederatedUser>;
  /** F6: all of the team's. */
  list(request?: { readonly limit?: number }, options?: ListOptions): RowList<FederatedUser>;
  /** F7: a new display name. */
  update(
    user: { readonly persistentId: string; readonly displayName: string },
    options?: CallOptions,
  ): Promise<FederatedUser>;
  /** F8: with scores and achievements, for good. */
  delete(persistentId: string, options?: CallOptions): Promise<Gone>;
}

const FIELDS = "id,persistent_id,display_name,unique_name";

const user: z.ZodType<FederatedUser> = rowOf(
  {
    id: idText,
    persistent_id: idText.nullish(),
    display_name: z.string().nullish(),
    unique_name: z.string().nullish(),
  },
  (row) => ({
    id: row.id,
    persistentId: row.persistent_id,
    displayName: row.display_name,
    uniqueName: row.unique_name,
  }),
);
const oneUser: z.ZodType<FederatedUser> = unwrapped(user);
const userPage: z.ZodType<Page<FederatedUser>> = pageOf(user);
const minted = z.object({ access_token: z.string().min(1) });

export function createFederatedUserCalls(caller: Caller, pager: Pager): FederatedUserCalls {
  const idOf = (persistentId: unknown, operation: string): string =>
    check.checkText(persistentId, `${operation}: persistentId`);
  const profileOf = (
    profile: { readonly persistentId: string; readonly displayName: string },
    operation: string,
  ): Record<string, string> => {
    check.checkRequest(profile, operation);
    return {
      persistent_id: idOf(profile.persistentId, operation),
      display_name: check.checkDisplayName(profile.displayName, `${operation}: displayName`),
    };
  };

  return {
    async create(profile, options) {
      const operation = "federatedUsers.create";
      return caller({ operation, params: profileOf(profile, operation), schema: oneUser }, options);
    },
    async mintToken(persistentId, options) {
      const operation = "federatedUsers.mintToken";
      const params = { persistent_id: idOf(persistentId, operation) };
      return secret("user-token", (await caller({ operation, params, schema: minted }, options)).access_token);
    },
    async get(id, options) {
      const operation = "federatedUsers.get";
      const at = { federated_user_id: check.checkId(id, `${operation}: the user`) };
      return caller({ operation, at, params: { fields: FIELDS }, schema: oneUser }, options);
    },
    async find(persistentId, options) {
      const operation = "federatedUsers.find";
      const params = { persistent_id: idOf(persistentId, operation), fields: FIELDS };
      return caller({ operation, params, schema: oneUser }, options);
    },
    async me(userToken, options) {
      const operation = "federatedUsers.me";
      const token = check.checkCredential(userToken, `${operation}: the user token`, "user-token");
      return caller({ operation, params: { fields: FIELDS }, schema: oneUser, userToken: token }, options);
    },
    list(request = {}, options) {
      const operation = "federatedUsers.list";
      const limit =
        request.limit === undefined ? {} : { limit: check.checkNumber(request.limit, `${operation}: limit`, 1) };
      const first = { operation, params: { fields: FIELDS, ...limit }, schema: userPage } as const;
      return rowList(
        () => pager(first, options),
        (row) => row.id,
      );
    },
    async update(profile, options) {
      const operation = "federatedUsers.update";
      return caller({ operation, params: profileOf(profile, operation), schema: oneUser }, options);
    },
    async delete(persistentId, options) {
      const operation = "federatedUsers.delete";
      const params = { persistent_id: idOf(persistentId, operation) };
      return untilGone(sendDone(caller, { operation, params }, options));
    },
  };
}
