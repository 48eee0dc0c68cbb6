import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { checkCredential, checkId, checkRequest } from "./inputs.ts";
import { reveal, secret, type Secret } from "../secrets/secret.ts";

/** What account linking gives. */
export interface AccountLink {
  /**
   * Says who somebody is across an organisation's apps, and is no user token of this app: `users.me` answers the
   * *org-scoped* id in its `id` (observed), which no call takes as a `userId`, and `verifyToken` refuses it.
   */
  readonly oauthToken: Secret;
  /** Gets the next token, once. Missing where the answer holds none. */
  readonly refreshCode?: Secret;
}

export interface AccountCalls {
  /** S1: turns what came back from the browser, a code and an org-scoped id, into a token. The code is good for one exchange. */
  link(
    request: { readonly code: string | Secret; readonly orgScopedId: string },
    options?: CallOptions,
  ): Promise<AccountLink>;
  /** S2: the next token. The answer's shape is assumed to be that of `link`. */
  refresh(
    request: { readonly refreshCode: string | Secret; readonly orgScopedId: string },
    options?: CallOptions,
  ): Promise<AccountLink>;
}

const link: z.ZodType<AccountLink> = z
  .object({ oauth_token: z.string().min(1), refresh_code: z.string().min(1).nullish() })
  .transform((answer) => ({
    oauthToken: secret("account-token", answer.oauth_token),
    ...(answer.refresh_code == null ? undefined : { refreshCode: secret("refresh-code", answer.refresh_code) }),
  }));

export function createAccountCalls(caller: Caller): AccountCalls {
  return {
    async link(request, options) {
      const operation = "accounts.link";
      checkRequest(request, operation);
      const code = checkCredential(request.code, `${operation}: code`, "code");
      const params = { code: reveal(code), org_scoped_id: checkId(request.orgScopedId, `${operation}: orgScopedId`) };
      return caller({ operation, params, schema: link, hidden: [code] }, options);
    },
    async refresh(request, options) {
      const operation = "accounts.refresh";
      checkRequest(request, operation);
      const code = checkCredential(request.refreshCode, `${operation}: refreshCode`, "refresh-code");
      const params = {
        refresh_code: reveal(code),
        org_scoped_id: checkId(request.orgScopedId, `${operation}: orgScopedId`),
      };
      return caller({ operation, params, schema: link, hidden: [code] }, options);
    },
  };
}
