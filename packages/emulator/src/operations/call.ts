import {
  brokenToken,
  invalidParameter,
  invalidToken,
  missingObject,
  permissionDenied,
  userTokenNeeded,
} from "../graph/graph-error.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { EffectCounter } from "../oracle.ts";
import type { Switches } from "../switches.ts";
import type { App, AppUser } from "../world/app.ts";
import type { WorldState } from "../world/state.ts";

/** Whose token a request carries. */
export type Token =
  | { readonly kind: "none" }
  /** Broken: a user token that was cut off or has something attached to it. */
  | { readonly kind: "invalid"; readonly broken: boolean }
  | { readonly kind: "app"; readonly app: App }
  | { readonly kind: "user"; readonly app: App; readonly user: AppUser; readonly linked: boolean };

export type GoodToken = Extract<Token, { readonly app: App }>;

/** One Graph request, ready to be carried out in one synchronous step. */
export interface Call {
  readonly method: string;
  /** The path without version prefix and slashes at its ends. */
  readonly segments: readonly string[];
  readonly parameters: Parameters;
  readonly token: Token;
  /** The token as it was sent, for paging links. */
  readonly tokenText: string | undefined;
  readonly state: WorldState;
  readonly switches: Switches;
  readonly oracle: EffectCounter;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The emulator's own address, for paging links. */
  readonly url: string;
  /** Progress reads show the state as it was this long ago. */
  readonly lagMs: number;
  /** Letters and digits, for tokens and codes. */
  readonly mintText: (length: number) => string;
  /** Called when a write or a nonce check is carried out. */
  readonly tookEffect: () => void;
}

/** Answers the body of a 200. @throws GraphError for any other answer. */
export type Operation = (call: Call) => ExactJson;

export function resolveToken(state: WorldState, text: string | undefined, now: number): Token {
  if (text === undefined || text === "") return { kind: "none" };
  const app = state.appTokens.get(text);
  if (app !== undefined) return { kind: "app", app };
  const token = state.tokens.get(text);
  if (token === undefined) return { kind: "invalid", broken: isBroken(state, text) };
  if (token.expiresAt <= now) return { kind: "invalid", broken: false };
  return { kind: "user", app: token.user.app, user: token.user, linked: token.linked === true };
}

/** Less than this could be the start of any token. */
const TELLING_LENGTH = 8;

function isBroken(state: WorldState, text: string): boolean {
  if (text.length < TELLING_LENGTH) return false;
  for (const known of state.tokens.keys()) if (known.startsWith(text) || text.startsWith(known)) return true;
  return false;
}

export function goodToken(call: Call): GoodToken {
  const { token } = call;
  if (token.kind === "none") throw userTokenNeeded();
  if (token.kind === "invalid") {
    const { invalidTokenStatus } = call.switches;
    throw token.broken ? brokenToken(invalidTokenStatus) : invalidToken(invalidTokenStatus);
  }
  return token;
}

export function appToken(call: Call): App {
  const token = goodToken(call);
  if (token.kind === "app") return token.app;
  throw permissionDenied("This operation needs an app access token");
}

/** The app that the first segment names; `application` is the token's own. */
export function appInPath(call: Call, token: GoodToken): App {
  const id = call.segments[0] ?? "";
  if (id === "application") return token.app;
  const node = call.state.nodes.get(id);
  if (node?.kind !== "app") throw missingObject(call.method, id);
  if (node.app !== token.app) throw permissionDenied("The access token belongs to another app");
  return node.app;
}

/** The federated app that the first segment names. */
export function federatedAppInPath(call: Call): App {
  const app = appInPath(call, { kind: "app", app: appToken(call) });
  if (app.parent === undefined) throw missingObject(call.method, app.id);
  return app;
}

/** Whom `user_id` names; with a user token it may be left out, and names nobody else. */
export function userInParameters(call: Call, token: GoodToken): AppUser {
  const { parameters, switches } = call;
  const given = parameters.text("user_id");
  if (token.kind === "user" && !given && switches.writePolicy === "lenient") return token.user;
  const user = token.app.users.get(parameters.required("user_id"));
  if (user === undefined) throw invalidParameter("Invalid user id");
  if (token.kind === "user" && token.user !== user) {
    throw permissionDenied("A user access token only reaches its own user");
  }
  return user;
}

/** The user that the first segment names; `me` is the user token's own. */
export function userInPath(call: Call, token: GoodToken): AppUser {
  const id = call.segments[0] ?? "";
  if (id === "me") {
    if (token.kind === "user") return token.user;
    throw userTokenNeeded();
  }
  const user = token.app.users.get(id);
  if (user === undefined) throw missingObject(call.method, id);
  if (token.kind === "user" && token.user !== user)
    throw permissionDenied("A user access token only reaches its own user");
  return user;
}
