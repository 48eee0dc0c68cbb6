import type { ExactJson, ExactJsonObject } from "../json/exact-json.ts";
import type { Random } from "../runtime/random.ts";
import { randomText } from "../runtime/random.ts";

/** The members of the platform's error envelope that a cause decides. */
export interface GraphErrorBody {
  readonly message: string;
  readonly type?: string;
  readonly code: number;
  readonly error_subcode?: number;
  readonly is_transient?: boolean;
  /** Default: an empty object. */
  readonly error_data?: ExactJson;
  readonly error_user_title?: string;
  readonly error_user_msg?: string;
  /** Default: another one for every answer. */
  readonly fbtrace_id?: string;
}

/** An answer that is an error envelope. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly status: number;
  readonly body: GraphErrorBody;

  constructor(status: number, body: GraphErrorBody) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

export function envelope(body: GraphErrorBody, random: Random): ExactJsonObject {
  return {
    error: {
      message: body.message,
      type: body.type ?? "OCApiException",
      code: body.code,
      error_data: body.error_data ?? {},
      error_subcode: body.error_subcode,
      is_transient: body.is_transient,
      error_user_title: body.error_user_title,
      error_user_msg: body.error_user_msg,
      fbtrace_id: body.fbtrace_id ?? `A${randomText(random, 22)}`,
    },
  };
}

export function invalidParameter(message: string): GraphError {
  return new GraphError(400, { message: `(#100) ${message}`, code: 100 });
}

/** Code 100, subcode 33: missing, not visible to this token, or not an operation of this kind of object. */
export function missingObject(method: string, id: string): GraphError {
  return new GraphError(400, {
    message:
      `Unsupported ${method.toLowerCase()} request. Object with ID '${id.slice(0, 64)}' does not exist, cannot be loaded ` +
      "due to missing permissions, or does not support this operation",
    type: "GraphMethodException",
    code: 100,
    error_subcode: 33,
  });
}

export function invalidToken(status: number): GraphError {
  return new GraphError(status, { message: "Invalid OAuth 2.0 Access Token", code: 190 });
}

/** A user token that was cut off or has something attached to it. */
export function brokenToken(status: number): GraphError {
  return new GraphError(status, {
    message: "Error validating access token: the token could not be decrypted",
    type: "OAuthException",
    code: 190,
  });
}

/** The token is good but belongs to somebody else. */
export function permissionDenied(message: string): GraphError {
  return new GraphError(403, { message: `(#10) ${message}`, type: "OAuthException", code: 10 });
}

/** The token is good, but the object's write policy wants the other kind. */
export function policyRefusal(message: string): GraphError {
  return new GraphError(403, { message: `(#200) ${message}`, type: "OAuthException", code: 200 });
}

export function userTokenNeeded(): GraphError {
  return new GraphError(400, {
    message: "An active access token must be used to query information about the current user.",
    type: "OAuthException",
    code: 2500,
  });
}
