import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { checkCredential, checkUserId } from "./inputs.ts";
import { asUserId, type UserId } from "../ids/ids.ts";
import { reveal, type Secret } from "../secrets/secret.ts";
import { flag, idText } from "../wire/json.ts";
import { rowOf, type Raw } from "../wire/row.ts";

/** A user as the platform shows them. */
export interface PlatformUser extends Raw {
  /** App-scoped; but what `me` answers to the token of `accounts.link` is the org-scoped one (observed). */
  readonly id: UserId;
  /** The Meta user name. */
  readonly alias?: string;
  /** The same person's id in all apps of one organisation. */
  readonly orgScopedId?: string;
}

export interface UserCalls {
  /** U1: whose token this is. Does not prove that the token was made for this app, nor that the id is this app's: `get` does. */
  me(userToken: string | Secret, options?: CallOptions): Promise<PlatformUser>;
  /** U2, with the app token: a user of this app; `not_found` for anybody else. */
  get(userId: string, options?: CallOptions): Promise<PlatformUser>;
  /**
   * U3: whether the nonce proves that its sender is `userId`. A nonce is good for one check, so this is sent once and
   * never repeated; throws `ambiguous` when the answer was lost: ask the player's client for a fresh nonce.
   */
  validateNonce(userId: string, nonce: string | Secret, options?: CallOptions): Promise<boolean>;
}

interface Shown extends Omit<PlatformUser, "id"> {
  readonly id?: string;
}

const shown: z.ZodType<Shown> = rowOf(
  { id: idText.nullish(), alias: z.string().nullish(), org_scoped_id: idText.nullish() },
  (row) => ({ id: row.id, alias: row.alias, orgScopedId: row.org_scoped_id }),
);

/** The id is all that `/me` is about. */
const named = shown.refine((answer) => asUserId(answer.id) !== undefined, { path: ["id"] });

const nonceAnswer = z.object({ is_valid: flag });

export function createUserCalls(caller: Caller): UserCalls {
  return {
    async me(userToken, options) {
      const operation = "users.me";
      const token = checkCredential(userToken, `${operation}: the user token`, "user-token");
      const params = { fields: "id,alias" };
      const answer = await caller({ operation, params, schema: named, userToken: token }, options);
      return { ...answer, id: answer.id as UserId };
    },

    async get(userId, options) {
      const operation = "users.get";
      const id = checkUserId(userId, operation);
      const params = { fields: "id,alias,org_scoped_id" };
      const fits = (answer: Shown): boolean => answer.id === undefined || answer.id === id;
      const answer = await caller({ operation, at: { user_id: id }, params, schema: shown, fits }, options);
      return { ...answer, id };
    },

    async validateNonce(userId, nonce, options) {
      const operation = "users.validateNonce";
      const id = checkUserId(userId, operation);
      const hidden = checkCredential(nonce, `${operation}: the nonce`, "nonce");
      const params = { nonce: reveal(hidden), user_id: id };
      return (await caller({ operation, params, schema: nonceAnswer, hidden: [hidden] }, options)).is_valid;
    },
  };
}
