import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { checkCredential, checkUserId } from "./inputs.ts";
import { idText } from "./json.ts";
import { AmbiguousError } from "../errors/unanswered-errors.ts";
import { isGraphError } from "../errors/graph-error.ts";
import { asUserId, type UserId } from "../ids/ids.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

/** A user as the platform shows them. */
export interface PlatformUser {
  readonly id: UserId;
  /** The Meta user name. */
  readonly alias?: string;
  /** The same person's id in all apps of one organisation. */
  readonly orgScopedId?: string;
}

export interface UserCalls {
  /** U1: whose token this is. Does not prove that the token was made for this app. */
  me(userToken: string | Secret, options?: CallOptions): Promise<PlatformUser>;
  /** U2, with the app token: a user of this app; `not_found` for anybody else. */
  get(userId: string, options?: CallOptions): Promise<PlatformUser>;
  /**
   * U3: whether the nonce proves that its sender is `userId`. A nonce is good for one check, so this is sent once and
   * never repeated; throws `ambiguous` when the answer was lost: ask the player's client for a fresh nonce.
   */
  validateNonce(userId: string, nonce: string | Secret, options?: CallOptions): Promise<boolean>;
}

const shown = z.object({
  id: idText.nullish(),
  alias: z.string().nullish(),
  org_scoped_id: idText.nullish(),
});

type Shown = z.infer<typeof shown>;

/** The id is all that `/me` is about. */
const named = shown.refine((answer) => asUserId(answer.id) !== undefined, { path: ["id"] });

const nonceAnswer = z.object({ is_valid: z.boolean() });

export function createUserCalls(caller: Caller): UserCalls {
  return {
    async me(userToken, options) {
      const operation = "users.me";
      const token = checkCredential(userToken, `${operation}: the user token`, "user-token");
      const params = { fields: "id,alias" };
      const call = {
        operation,
        method: "GET",
        kind: "read",
        path: "/me",
        params,
        schema: named,
        userToken: token,
      } as const;
      const answer = await caller(call, options);
      return userOf(answer.id as UserId, answer);
    },

    async get(userId, options) {
      const operation = "users.get";
      const id = checkUserId(userId, operation);
      const params = { fields: "id,alias,org_scoped_id" };
      const fits = (answer: Shown): boolean => answer.id == null || answer.id === id;
      const call = { operation, method: "GET", kind: "read", path: `/${id}`, params, schema: shown, fits } as const;
      const answer = await caller(call, options);
      return userOf(id, answer);
    },

    async validateNonce(userId, nonce, options) {
      const operation = "users.validateNonce";
      const id = checkUserId(userId, operation);
      const hidden = checkCredential(nonce, `${operation}: the nonce`, "nonce");
      const call = {
        operation,
        method: "POST",
        kind: "write",
        path: "/user_nonce_validate",
        params: { nonce: reveal(hidden), user_id: id },
        schema: nonceAnswer,
        hidden: [hidden],
      } as const;
      try {
        return (await caller(call, options)).is_valid;
      } catch (error) {
        throw endOfNonce(error);
      }
    },
  };
}

function userOf(id: UserId, answer: Shown): PlatformUser {
  return {
    id,
    ...(answer.alias == null ? undefined : { alias: answer.alias }),
    ...(answer.org_scoped_id == null ? undefined : { orgScopedId: answer.org_scoped_id }),
  };
}

/** A lost answer leaves it open whether the nonce is spent. */
function endOfNonce(error: unknown): unknown {
  if (!isGraphError(error) || error.applied === "no") return error;
  const { operation, status, graphCode, graphSubcode, traceId } = error;
  const facts = {
    operation,
    applied: "maybe",
    transient: false,
    retryable: false,
    status,
    graphCode,
    graphSubcode,
    traceId,
  } as const;
  const words = `${operation}: it is unknown whether the nonce was checked, and it is good for one check only.`;
  return new AmbiguousError(`${words} Ask the player's client for a fresh nonce.`, facts, { cause: error });
}
