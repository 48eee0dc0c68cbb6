import { ServerError } from "@colyseus/core";
import type { IdentityRefusedError } from "@questline/core";
import { TOKEN_HEADER } from "./take-credential.ts";
import { wordsOf } from "./log.ts";
import type { Seldom } from "./seldom.ts";

const MISSING =
  `No Meta credential: send the header ${TOKEN_HEADER}, or the join option metaToken, ` +
  "or the join options metaUserId and metaNonce.";

/** 401: the join brought no credential. Matchmaking answers keep codes below 600 only, hence HTTP's. */
export const credentialMissing = (): ServerError => asNoProof(new ServerError(401, MISSING));

/** 401: code of the server joined a room with a static hook, on a Colyseus that asks the hook then, too. */
export const joinedByServer = (): ServerError =>
  asNoProof(
    new ServerError(
      401,
      "This join comes from the server's own code, without a credential: reserve the seat with " +
        "matchMaker.reserveSeatFor(listing, options, await playerAuth(questline, player)) instead.",
    ),
  );

/** Marks a refusal of somebody who did not try to prove anything to Meta: such a player may be a guest. */
export const asNoProof = (refusal: ServerError): ServerError =>
  Object.defineProperty(refusal, "isNoProof", { value: true });

export const isNoProof = (refusal: unknown): boolean => refusal instanceof ServerError && "isNoProof" in refusal;

/** 401: what was sent cannot be a credential; `problem` names the field, never its value. */
export const credentialUnreadable = (problem: string): ServerError => new ServerError(401, problem);

/** 403: the token is good, but not for the user the join claims to be. */
export const otherUser = (): ServerError =>
  new ServerError(403, "This token belongs to another user than metaUserId says.");

/** How a failed verification is told to the client. Platform words stay in the server's log. */
export function verificationFailed(kind: "token" | "nonce", error: unknown, log: Pick<Seldom, "warn">): ServerError {
  const code = codeOf(error);
  if (code === "identity_busy") {
    log.warn("joins are refused: too many proofs come at once, from one address or from all", { code });
    return new ServerError(429, "Too many players are joining from here. Join again in a moment.");
  }
  if (kind === "token" && isOfAnotherApp(error)) return new ServerError(403, "This token belongs to another app.");
  if (isRefusal(error)) return new ServerError(401, `Meta refused this ${kind}. Get a new one and join again.`);
  log.warn("a join could not be verified", { code, error: wordsOf(error) });
  // The platform may have taken the nonce, and takes it only once.
  const advice = kind === "nonce" ? "Ask Meta for a new nonce and join again." : "Join again in a moment.";
  return new ServerError(503, `Meta cannot confirm this player right now. ${advice}`);
}

/** Read by its members, since another copy of the core may have made it. */
function isOfAnotherApp(error: unknown): boolean {
  return codeOf(error) === "identity_refused" && (error as Partial<IdentityRefusedError>).refusal === "other-app";
}

/** True if the platform read the token and refused it; false if nobody knows. */
export function isRefusal(error: unknown): boolean {
  return ["user_token", "bad_input", "identity_refused"].includes(codeOf(error) ?? "");
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
