import type { AuthContext } from "@colyseus/core";
import { isJwtShaped } from "./colyseus-jwt.ts";

/** HTTP header of the matchmaking request that holds the player's user access token. */
export const TOKEN_HEADER = "x-meta-token";

/** What a join brought to prove who the player is. */
export type Credential =
  | { readonly kind: "token"; readonly token: string; readonly claimedId?: string }
  | { readonly kind: "nonce"; readonly userId: string; readonly nonce: string }
  /** A token in the shape of Colyseus's own, from the bearer. */
  | { readonly kind: "jwt"; readonly jwt: string; readonly claimedId?: string }
  | { readonly kind: "none" }
  /** It cannot be read; `problem` is safe to show to the client. */
  | { readonly kind: "unreadable"; readonly problem: string };

const FIELDS = ["metaToken", "metaUserId", "metaNonce"] as const;
type Fields = Partial<Record<(typeof FIELDS)[number], unknown>>;

/**
 * Reads the credential and deletes it from the join options, so that it reaches neither room, nor seat, nor Redis.
 * A header wins over options, options over the bearer. Synchronous: the options are clean before anything is awaited.
 */
export function takeCredential(options: unknown, header: HeaderValue, bearer?: string): Credential {
  const fields = takeFields(options);
  if (header.kind === "unreadable") return header;
  const token = header.kind === "token" ? header.token : fields.metaToken;
  if (token !== undefined) return tokenCredential(token, fields.metaUserId);
  const { metaUserId: userId, metaNonce: nonce } = fields;
  if (nonce === undefined && bearer) {
    const credential = tokenCredential(bearer, userId);
    if (credential.kind !== "token" || !isJwtShaped(bearer)) return credential;
    const { token: jwt, ...claim } = credential;
    return { ...claim, kind: "jwt", jwt };
  }
  if (userId === undefined && nonce === undefined) return { kind: "none" };
  if (nonce === undefined) return unreadable("metaUserId needs metaNonce, a fresh proof of it, beside it.");
  if (userId === undefined)
    return unreadable("metaNonce needs metaUserId, the app-scoped user id it proves, beside it.");
  if (typeof userId !== "string" || userId === "")
    return unreadable("metaUserId must be text: the decimal app-scoped user id.");
  if (typeof nonce !== "string" || nonce === "") return unreadable("metaNonce must be non-empty text.");
  return { kind: "nonce", userId, nonce };
}

export type HeaderValue = Extract<Credential, { kind: "token" | "none" | "unreadable" }>;

/** The token header of a request: from `Headers`, or from a plain record with any spelling of the name. */
export function readTokenHeader(context: Pick<AuthContext, "headers"> | undefined): HeaderValue {
  const headers: unknown = context?.headers;
  if (typeof headers !== "object" || headers === null) return { kind: "none" };
  const given: unknown[] = headers instanceof Headers ? [headers.get(TOKEN_HEADER)] : valuesOf(headers);
  const values = given.filter((value) => value !== undefined && value !== null);
  if (values.length > 1) return unreadable(`${TOKEN_HEADER} is given more than once.`);
  const [token] = values;
  if (token === undefined) return { kind: "none" };
  if (typeof token !== "string") return unreadable(`${TOKEN_HEADER} must be text.`);
  // A client that believes it is somebody, and has lost its token on the way.
  return token.trim() === "" ? unreadable(`${TOKEN_HEADER} is empty.`) : { kind: "token", token };
}

/** Join options as an object to read and scrub; anything else a client may send counts as no options. */
export function asOptions(options: unknown): object | undefined {
  return typeof options === "object" && options !== null && !Array.isArray(options) ? options : undefined;
}

/** Deletes what may be a credential from options that go on to the game. */
export function dropCredential(options: unknown): void {
  takeFields(options);
}

/**
 * Leaves what may be a credential where `verifyPlayer` finds it, and nobody else by accident: not in copies, JSON, or what
 * an exception shows.
 */
export function veilCredential(options: unknown): void {
  const source = asOptions(options);
  if (source === undefined) return;
  for (const name of FIELDS)
    if (Object.hasOwn(source, name)) Object.defineProperty(source, name, { enumerable: false });
}

function takeFields(options: unknown): Fields {
  const source = asOptions(options);
  const fields: Fields = {};
  if (source === undefined) return fields;
  for (const name of FIELDS) {
    if (!Object.hasOwn(source, name)) continue;
    fields[name] = Reflect.get(source, name);
    Reflect.deleteProperty(source, name);
  }
  return fields;
}

function tokenCredential(token: unknown, claimedId: unknown): Extract<Credential, { kind: "token" | "unreadable" }> {
  if (typeof token !== "string" || token.trim() === "") return unreadable("metaToken must be non-empty text.");
  if (claimedId === undefined) return { kind: "token", token };
  if (typeof claimedId !== "string") return unreadable("metaUserId must be text: the decimal app-scoped user id.");
  return { kind: "token", token, claimedId };
}

function valuesOf(headers: object): unknown[] {
  return Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === TOKEN_HEADER)
    .flatMap(([, value]: [string, unknown]) => value);
}

function unreadable(problem: string): { readonly kind: "unreadable"; readonly problem: string } {
  return { kind: "unreadable", problem };
}
