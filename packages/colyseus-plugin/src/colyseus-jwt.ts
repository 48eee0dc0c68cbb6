import type { Users } from "@questline/core";
import { importInstalled } from "./import-installed.ts";
import { wordsOf } from "./log.ts";
import type { Player } from "./player.ts";
import type { Seldom } from "./seldom.ts";
import { playerIn, vouchedClaims } from "./verified-players.ts";

/** What `@colyseus/auth` does for us. Its index would replace `Room.onAuth` of every room, so only this part is loaded. */
const loadJwt = async () => (await importInstalled("@colyseus/auth/JWT", () => import("@colyseus/auth/JWT"))).JWT;

const INSTALL =
  "Colyseus tokens need @colyseus/auth of the same version as @colyseus/core: npm install @colyseus/auth.";

/** Thrown to whoever runs the server; never sent to a client. */
class JwtUnavailable extends Error {
  override readonly name = "JwtUnavailable";
}

/**
 * Mints a Colyseus token for a verified player: `{ id, alias?, …claims, questline: { id, alias? } }` and a voucher, signed
 * with `JWT.settings.secret`. That signature alone says nothing of Meta: a game's own sign-in signs what clients send.
 * Throws an error for the server's log where `@colyseus/auth` or the secret is missing.
 */
export async function mintJwt(
  users: Pick<Users, "vouch">,
  player: Player,
  expiresInSeconds: number,
  claims: object = {},
): Promise<string> {
  const jwt = await loadJwt().catch((cause: unknown) => {
    throw new JwtUnavailable(INSTALL, { cause });
  });
  // It rejects with text, and only after it printed a line of its own, so the secret is looked for here.
  if (!hasSecret(jwt)) throw new JwtUnavailable("Colyseus tokens need JWT.settings.secret, or JWT_SECRET, to be set.");
  // Colyseus would take a session id in it as the session's.
  const { sessionId: _sessionId, ...own } = claims as Record<string, unknown>;
  const whole = { ...player, ...own, questline: { ...player } };
  const payload = await vouchedClaims(users, player, whole, expiresInSeconds * 1_000);
  return jwt.sign(payload, { expiresIn: expiresInSeconds });
}

export interface UnreadJwt {
  /** Safe to show to the client. */
  readonly problem: string;
  /** A good token of the game's own, which says nothing about Meta. */
  readonly isForeign?: true;
}

/** The player of a Colyseus token that `mintJwt` made, or what to tell the client instead. Never rejects. */
export async function readJwt(
  users: Pick<Users, "vouched">,
  token: string,
  log: Pick<Seldom, "warn">,
): Promise<Player | UnreadJwt> {
  const jwt = await loadJwt().catch(() => undefined);
  if (!jwt || !hasSecret(jwt)) {
    log.warn(jwt ? "a Colyseus token cannot be read without JWT.settings.secret" : INSTALL);
    return { problem: "This server takes no Colyseus tokens." };
  }
  try {
    const payload: unknown = await jwt.verify(token);
    if (jwt.settings.revocationCheck && !(await jwt.settings.revocationCheck(payload))) throw new Error("revoked");
    const player = await playerIn(users, Object(payload) as object);
    if (player) return player;
    return { problem: "This Colyseus token names no Meta player: exchange a Meta proof for one.", isForeign: true };
  } catch (error) {
    if (!isJwtRefusal(error)) log.warn("a Colyseus token could not be read", { error: wordsOf(error) });
    return { problem: "This Colyseus token is expired, revoked or not of this server. Exchange a Meta proof again." };
  }
}

/**
 * True for a token in three parts of which the first says how it is signed.
 *
 * @NOTE Assumed: no user access token of Meta's has that shape; they are opaque. So a Colyseus token is never sent to
 * Meta, and a Meta token never read as Colyseus's.
 */
export function isJwtShaped(token: string): boolean {
  const parts = token.split(".");
  const [header = ""] = parts;
  return parts.length === 3 && parts.every((part) => /^[\w-]*$/.test(part)) && "alg" in decoded(header);
}

/** The JSON object in a part of a token; an empty one where there is none. */
function decoded(part = ""): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

const hasSecret = ({ settings }: Awaited<ReturnType<typeof loadJwt>>): boolean =>
  Boolean((settings.secret ||= process.env["JWT_SECRET"] as string));

const isJwtRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  (error.message === "revoked" || /^(JsonWebToken|TokenExpired|NotBefore|Syntax)Error$/.test(error.name));
