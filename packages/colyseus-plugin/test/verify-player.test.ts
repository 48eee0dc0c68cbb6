import { IdentityRefusedError } from "@questline/core";
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { questlineAuth } from "../src/questline-auth.ts";
import { verifyPlayer } from "../src/verify-player.ts";
import { coded, fakeQuestline } from "./fake-questline.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const headers = (token: string): { headers: Headers } => ({ headers: new Headers({ "x-meta-token": token }) });
const plain = (record: object): { headers: Headers } => ({ headers: record as unknown as Headers });

test("the header's token proves the player", async () => {
  const { questline, asked } = fakeQuestline();
  expect(await verifyPlayer(questline, undefined, {}, headers("token-of-7"))).toEqual({ id: "7" });
  expect(asked).toEqual(["token token-of-7"]);
});

test("a token in the join options proves the player and is gone from them before anything is awaited", async () => {
  const { questline } = fakeQuestline();
  const options = { metaToken: "token-of-7", mode: "ffa" };
  const player = verifyPlayer(questline, undefined, options);
  expect(options).toEqual({ mode: "ffa" });
  expect(await player).toEqual({ id: "7" });
});

test("user id and nonce prove the player, with the alias the platform gave", async () => {
  const { questline, asked } = fakeQuestline();
  const options = { metaUserId: "7", metaNonce: "n-1" };
  expect(await verifyPlayer(questline, undefined, options)).toEqual({ id: "7", alias: "Neo" });
  expect(options).toEqual({});
  expect(asked).toEqual(["nonce 7 n-1"]);
});

test("the header wins over options, and all of them are deleted", async () => {
  const { questline, asked } = fakeQuestline();
  const options = { metaToken: "token-of-8", metaUserId: "7", metaNonce: "n-1" };
  expect(await verifyPlayer(questline, undefined, options, headers("token-of-7"))).toEqual({ id: "7" });
  expect(options).toEqual({});
  expect(asked).toEqual(["token token-of-7"]);
});

test.each([
  ["any spelling", plain({ "X-Meta-Token": "token-of-7" })],
  ["a list of one", plain({ "x-meta-token": ["token-of-7"] })],
])("headers of a plain record are read: %s", async (_, context) => {
  const { questline } = fakeQuestline();
  expect(await verifyPlayer(questline, undefined, {}, context)).toEqual({ id: "7" });
});

test.each([
  ["text", "a string"],
  ["number", 7],
  ["null", null],
  ["array", ["metaToken"]],
  ["undefined", undefined],
])("join options that are %s: the header alone decides", async (_, options) => {
  const { questline } = fakeQuestline();
  expect(await verifyPlayer(questline, undefined, options, headers("token-of-7"))).toEqual({ id: "7" });
  await expect(verifyPlayer(questline, undefined, options, plain({}))).rejects.toMatchObject({ code: 401 });
});

test.each([
  ["nothing", {}, /No Meta credential/],
  ["a token that is not text", { metaToken: 12 }, /metaToken must be non-empty text/],
  ["an empty token", { metaToken: "" }, /metaToken must be non-empty text/],
  ["a blank token", { metaToken: "  " }, /metaToken must be non-empty text/],
  ["a null token", { metaToken: null }, /metaToken must be non-empty text/],
  ["a nonce without a user", { metaNonce: "n" }, /metaNonce needs metaUserId/],
  ["a user without a nonce", { metaUserId: "7" }, /metaUserId needs metaNonce/],
  ["a user id that is a number", { metaUserId: 7, metaNonce: "n" }, /metaUserId must be text/],
  ["a nonce that is an object", { metaUserId: "7", metaNonce: {} }, /metaNonce must be non-empty text/],
])("%s is refused with 401, says what is wrong, and asks the platform nothing", async (_, options, message) => {
  const { questline, asked } = fakeQuestline();
  const refused = verifyPlayer(questline, undefined, options);
  await expect(refused).rejects.toMatchObject({
    name: "ServerError",
    code: 401,
    message: expect.stringMatching(message),
  });
  expect(asked).toEqual([]);
});

test("a header given twice is refused", async () => {
  const { questline } = fakeQuestline();
  const refused = verifyPlayer(questline, undefined, {}, plain({ "x-meta-token": ["token-of-7", "token-of-8"] }));
  await expect(refused).rejects.toMatchObject({ code: 401 });
});

test.each([
  ["user_token", 401],
  ["bad_input", 401],
  ["identity_refused", 401],
  ["platform_unavailable", 503],
  ["no_answer", 503],
  ["rate_limited", 503],
  ["aborted", 503],
  ["unreadable_answer", 503],
  ["app_credentials", 503],
  ["permission", 503],
  ["closed", 503],
])("a token that ends in %s answers %i without the platform's words or the token", async (code, status) => {
  const { questline, users } = fakeQuestline();
  users.verifyToken = async () => Promise.reject(coded(code, "secret-words"));
  const error: unknown = await verifyPlayer(questline, undefined, { metaToken: "tok-secret" }).catch((e: unknown) => e);
  expect(error).toMatchObject({ name: "ServerError", code: status });
  expect(String((error as Error).message)).not.toMatch(/secret/);
  expect(JSON.stringify(warned.mock.calls)).not.toContain("tok-secret");
});

test("a token of another app answers 403", async () => {
  const { questline, users } = fakeQuestline();
  users.verifyToken = async () => Promise.reject(new IdentityRefusedError("other-app", "said by the platform"));
  await expect(verifyPlayer(questline, undefined, { metaToken: "t" })).rejects.toMatchObject({ code: 403 });
});

test.each([
  ["identity_refused", 401],
  ["ambiguous", 503],
  ["no_answer", 503],
])("a nonce that ends in %s answers %i and asks for a new one", async (code, status) => {
  const { questline, users } = fakeQuestline();
  users.verifyNonce = async () => Promise.reject(coded(code));
  const refused = verifyPlayer(questline, undefined, { metaUserId: "7", metaNonce: "n-1" });
  await expect(refused).rejects.toMatchObject({ code: status, message: expect.stringMatching(/new/) });
});

test("an error that is not the core's answers 503", async () => {
  const { questline, users } = fakeQuestline();
  users.verifyToken = async () => Promise.reject(new TypeError("x is undefined"));
  await expect(verifyPlayer(questline, undefined, { metaToken: "t" })).rejects.toMatchObject({ code: 503 });
});

test("a token of another user than claimed answers 403", async () => {
  const { questline } = fakeQuestline();
  const options = { metaToken: "token-of-8", metaUserId: "7" };
  await expect(verifyPlayer(questline, undefined, options)).rejects.toMatchObject({ code: 403 });
});

test("a retried seat, which brings the same options object, is verified once", async () => {
  const { questline, asked } = fakeQuestline();
  const options = { metaUserId: "7", metaNonce: "n-1" };
  const context = plain({});
  const first = await verifyPlayer(questline, undefined, options, context);
  const again = await verifyPlayer(questline, undefined, options, { ...context });
  expect(again).toEqual(first);
  expect(asked).toEqual(["nonce 7 n-1"]);
});

test("options that a game keeps for everybody make nobody another player", async () => {
  const { questline } = fakeQuestline();
  const kept = { mode: "duel" };
  expect(await verifyPlayer(questline, undefined, kept, headers("token-of-7"))).toMatchObject({ id: "7" });
  await expect(verifyPlayer(questline, undefined, kept, plain({}))).rejects.toMatchObject({ code: 401 });
  expect(await verifyPlayer(questline, undefined, kept, headers("token-of-8"))).toMatchObject({ id: "8" });
});

test("two calls at once with the same options share one verification", async () => {
  const { questline, asked } = fakeQuestline();
  const options = {};
  const context = headers("token-of-7");
  const both = await Promise.all([
    verifyPlayer(questline, undefined, options, context),
    verifyPlayer(questline, undefined, options, context),
  ]);
  expect(both).toEqual([{ id: "7" }, { id: "7" }]);
  expect(asked).toEqual(["token token-of-7"]);
});

test("a refused nonce is not sent again by a retried seat", async () => {
  const { questline, users, asked } = fakeQuestline();
  users.verifyNonce = async () => Promise.reject(coded("ambiguous"));
  const options = { metaUserId: "7", metaNonce: "n-1" };
  await expect(verifyPlayer(questline, undefined, options)).rejects.toMatchObject({ code: 503 });
  await expect(verifyPlayer(questline, undefined, options)).rejects.toMatchObject({ code: 503 });
  expect(asked).toHaveLength(1);
});

test("an options object that comes again with another credential is another join", async () => {
  const { questline } = fakeQuestline();
  const options: { metaToken?: string } = { metaToken: "token-of-7" };
  await verifyPlayer(questline, undefined, options);
  options.metaToken = "token-of-8";
  expect(await verifyPlayer(questline, undefined, options)).toEqual({ id: "8" });
  expect(await verifyPlayer(questline, undefined, options, headers("token-of-9"))).toEqual({ id: "9" });
});

test("two Questlines never share a verification", async () => {
  const one = fakeQuestline();
  const other = fakeQuestline();
  const options = { metaToken: "token-of-7" };
  await verifyPlayer(one.questline, undefined, options);
  await expect(verifyPlayer(other.questline, undefined, options)).rejects.toMatchObject({ code: 401 });
});

test("a Meta token as Colyseus's bearer proves the player, once for every call of the same join", async () => {
  const { questline, asked } = fakeQuestline();
  const options = {};
  expect(await verifyPlayer(questline, "token-of-7", options)).toEqual({ id: "7" });
  expect(await verifyPlayer(questline, "token-of-7", options)).toEqual({ id: "7" });
  expect(await verifyPlayer(questline, "token-of-8", options)).toEqual({ id: "8" });
  expect(asked).toEqual(["token token-of-7", "token token-of-8"]);
});

test("header and options win over the bearer, also when Colyseus calls again", async () => {
  const { questline, asked } = fakeQuestline();
  expect(await verifyPlayer(questline, "token-of-8", {}, headers("token-of-7"))).toEqual({ id: "7" });
  const options = { metaUserId: "7", metaNonce: "n-1" };
  expect(await verifyPlayer(questline, "token-of-8", options)).toEqual({ id: "7", alias: "Neo" });
  expect(await verifyPlayer(questline, "token-of-8", options)).toEqual({ id: "7", alias: "Neo" });
  expect(asked).toEqual(["token token-of-7", "nonce 7 n-1"]);
});

test("a bearer of another user than claimed answers 403", async () => {
  const { questline } = fakeQuestline();
  await expect(verifyPlayer(questline, "token-of-8", { metaUserId: "7" })).rejects.toMatchObject({ code: 403 });
});

test.each(["", "  "])("an empty header, %j, is a wrong proof: its client believes it is somebody", async (token) => {
  const { questline, asked } = fakeQuestline();
  for (const headers of [new Headers({ "x-meta-token": token }), { "X-Meta-Token": token } as never]) {
    const refused = verifyPlayer(questline, undefined, {}, { headers });
    await expect(refused).rejects.toMatchObject({ code: 401, message: "x-meta-token is empty." });
    const guest = questlineAuth(questline, { guests: true })("", {}, { headers } as never);
    await expect(guest).rejects.toMatchObject({ code: 401, message: "x-meta-token is empty." });
  }
  expect(asked).toEqual([]);
});

test("a join by the server's own code, where Colyseus asks the hook without a context, is told what to do", async () => {
  const { questline } = fakeQuestline();
  const joined = questlineAuth(questline)("", {}, undefined as never);
  await expect(joined).rejects.toMatchObject({
    code: 401,
    message: expect.stringContaining(
      "matchMaker.reserveSeatFor(listing, options, await playerAuth(questline, player))",
    ),
  });
});

test("an empty bearer is none", async () => {
  const { questline } = fakeQuestline();
  await expect(verifyPlayer(questline, "", {})).rejects.toMatchObject({ code: 401 });
});
