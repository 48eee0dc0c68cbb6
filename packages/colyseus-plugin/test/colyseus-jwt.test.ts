import { JWT } from "@colyseus/auth/JWT";
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { isJwtShaped, mintJwt, readJwt } from "../src/colyseus-jwt.ts";
import { verifyPlayer } from "../src/verify-player.ts";
import { fakeQuestline } from "./fake-questline.ts";

const ada = { id: "7", alias: "Neo" };
const { users } = fakeQuestline();
const minted = (player: { id: string; alias?: string } = ada): Promise<string> => mintJwt(users, player, 60);
let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  JWT.settings.secret = "jwt-test-secret";
});
afterEach(() => {
  warned.mockRestore();
  JWT.settings.revocationCheck = undefined;
});

const bearer = async (jwt: string, options: object = {}): Promise<unknown> => {
  const { questline, asked } = fakeQuestline();
  const player = await verifyPlayer(questline, jwt, options).catch((error: unknown) => error);
  expect(asked).toEqual([]);
  return player;
};

test("a Colyseus token we minted proves the player, and the platform is asked nothing", async () => {
  const jwt = await minted();
  expect(await bearer(jwt)).toEqual(ada);
  expect(await bearer(jwt, { metaUserId: "8" })).toMatchObject({ code: 403 });
});

test("a Colyseus token holds the player, and word of who vouched", async () => {
  const { questlineVoucher, ...payload } = await JWT.verify<{ questlineVoucher: string }>(await minted());
  expect(payload).toEqual({ ...ada, questline: ada, iat: expect.any(Number), exp: expect.any(Number) });
  expect(await users.vouched(questlineVoucher)).toEqual(ada);
});

test.each([
  ["signed by somebody else", async () => forged(), /expired, revoked or not of this server/],
  ["expired", async () => over(await minted()), /expired, revoked/],
  ["with a voucher of nobody's", () => JWT.sign({ questlineVoucher: "ada", questline: ada }), /names no Meta player/],
  ["that names a player, signed by the game's sign-in", () => JWT.sign({ ...ada, questline: ada }), /names no Meta/],
  ["of the game's own accounts", () => JWT.sign({ id: "db-1", userId: "7" }), /names no Meta player/],
  ["with a player that is no user id", () => JWT.sign({ questline: { id: "db-1" } }), /names no Meta player/],
  ["with a player that is a number", () => JWT.sign({ questline: { id: 7 } }), /names no Meta player/],
  ["not signed at all", async () => unsigned(), /expired, revoked or not of this server/],
])("a token %s is refused with 401 and never sent to Meta", async (_, make, message) => {
  expect(await bearer(await make())).toMatchObject({ code: 401, message: expect.stringMatching(message) });
});

test("a token the game has revoked is refused", async () => {
  JWT.settings.revocationCheck = ({ id }: { id: string }) => id !== "7";
  expect(await bearer(await minted())).toMatchObject({ code: 401 });
  expect(await bearer(await minted({ id: "8" }))).toEqual({ id: "8" });
});

test("without a secret nothing is minted or read, and the log says what to set", async () => {
  const jwt = await minted();
  (JWT.settings as { secret: unknown }).secret = undefined;
  await expect(minted()).rejects.toThrow(/JWT_SECRET/);
  expect(await readJwt(users, jwt, console)).toEqual({ problem: "This server takes no Colyseus tokens." });
  expect(JSON.stringify(warned.mock.calls)).toMatch(/JWT.settings.secret/);
  expect(JSON.stringify(warned.mock.calls)).not.toContain(jwt);
});

test.each([
  ["FRL-opaque", false],
  ["OC|1|test-secret", false],
  ["a.b.c", false],
  ["EAAB.x.y", false],
  [`${Buffer.from("[]").toString("base64url")}.x.y`, false],
  [`${Buffer.from('{"alg":"HS256"}').toString("base64url")}.x.y`, true],
])("%s is in the shape of a Colyseus token: %s", (token, expected) => {
  expect(isJwtShaped(token)).toBe(expected);
});

async function forged(): Promise<string> {
  JWT.settings.secret = "another-secret";
  const jwt = await minted();
  JWT.settings.secret = "jwt-test-secret";
  return jwt;
}

/** The same token, but it ran out. */
async function over(jwt: string): Promise<string> {
  const { exp: _exp, ...payload } = await JWT.verify<{ exp: number }>(jwt);
  return JWT.sign(payload, { expiresIn: -1 });
}

function unsigned(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part({ questline: ada })}.`;
}
