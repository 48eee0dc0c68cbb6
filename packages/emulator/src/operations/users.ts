import { parseFields, project } from "../graph/fields.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { appToken, type Call, goodToken, userInPath } from "./call.ts";
import { userShape } from "./rows.ts";

/** U1 GET `/me` and U2 GET `/{user_id}`. */
export function readUser(call: Call): ExactJson {
  const token = goodToken(call);
  const user = userInPath(call, token);
  // A token of account linking was seen to show the organisation's id of its user.
  const linked = token.kind === "user" && token.linked;
  const shape = linked ? { ...userShape, id: () => user.person.orgScopedId } : userShape;
  return project(user, parseFields(call.parameters.text("fields")), shape);
}

/** U3: POST `/user_nonce_validate`. A nonce is good for one check, whatever the check says. */
export function validateNonce(call: Call): ExactJson {
  const app = appToken(call);
  const text = call.parameters.required("nonce");
  const nonce = call.state.nonces.get(text);
  const userId = call.parameters.required("user_id");
  const mayCheck = nonce !== undefined && nonce.user.app === app && !nonce.spent;
  const valid = mayCheck && nonce.user.id === userId && nonce.expiresAt > call.now;
  if (mayCheck) nonce.spent = true;
  call.oracle.validated(text, valid);
  call.tookEffect();
  return { is_valid: valid };
}
