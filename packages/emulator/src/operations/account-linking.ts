import { invalidParameter } from "../graph/graph-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { mintLinkCode } from "../world/link-codes.ts";
import { appToken, type Call } from "./call.ts";

/** S1: POST `/sso_authorize_code`. */
export function exchangeCode(call: Call): ExactJson {
  return exchange(call, "code", call.parameters.required("code"));
}

/** S2: POST `/sso_authorize_refresh_code`. */
export function refreshCode(call: Call): ExactJson {
  return exchange(call, "refresh", call.parameters.required("refresh_code"));
}

/** A code is spent by its first good exchange; a wrong `org_scoped_id` leaves it. */
function exchange(call: Call, kind: "code" | "refresh", text: string): ExactJson {
  const app = appToken(call);
  const orgScopedId = call.parameters.required("org_scoped_id");
  const code = call.state.linkCodes.get(text);
  const user = code?.person.accounts.get(app.id);
  if (
    code === undefined ||
    user === undefined ||
    code.kind !== kind ||
    code.spent ||
    code.expiresAt <= call.now ||
    code.person.orgScopedId !== orgScopedId
  ) {
    throw invalidParameter("The authorization code is invalid, expired or used");
  }
  code.spent = true;
  const token = `OC${call.mintText(60)}`;
  const { tokenTtlMs } = call.switches;
  call.state.tokens.set(token, { user, expiresAt: call.now + (tokenTtlMs ?? Infinity), linked: true });
  const refresh = mintLinkCode(call.state, "refresh", code.person, Infinity, call.mintText(48));
  call.tookEffect();
  return { oauth_token: token, refresh_code: refresh };
}
