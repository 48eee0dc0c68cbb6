import { ServerError, type AuthContext } from "@colyseus/core";
import { expect, test, vi } from "vitest";
import { questlineAuth } from "../src/questline-auth.ts";
import { userIdFromAuth } from "../src/resolve-user-id.ts";
import { fakeClient } from "./fake-room.ts";
import { coded, fakeQuestline } from "./fake-questline.ts";

const context: AuthContext = { ip: undefined, headers: new Headers({ "x-meta-token": "token-of-7" }) };
const resolved = (auth: unknown): string | undefined => userIdFromAuth(fakeClient("s", auth));

test("client.auth is the player", async () => {
  const { questline } = fakeQuestline();
  expect(
    await questlineAuth(questline)("", { metaUserId: "7", metaNonce: "n" }, { ...context, headers: new Headers() }),
  ).toEqual({
    id: "7",
    alias: "Neo",
  });
});

test("the game's own object is merged with the player, without a session id", async () => {
  const { questline } = fakeQuestline();
  const onAuth = questlineAuth(questline, {
    then: (player, options) => ({ level: 3, sessionId: "forged", of: player.id, options: { ...(options as object) } }),
  });
  const auth = await onAuth("", { metaToken: "token-of-9", mode: "ffa" }, context);
  expect(auth).toEqual({ id: "7", level: 3, of: "7", options: { mode: "ffa" } });
  expect(resolved(auth)).toBe("7");
});

test("a game with ids of its own keeps them, and Meta's player stands beside", async () => {
  const { questline } = fakeQuestline();
  const auth = await questlineAuth(questline, { then: async () => ({ id: "db-1" }) })("", {}, context);
  expect(auth).toEqual({ id: "db-1", questline: { id: "7" } });
  expect(resolved(auth)).toBe("7");
});

test("a game cannot forge the player beside its own id", async () => {
  const { questline } = fakeQuestline();
  const auth = await questlineAuth(questline, { then: () => ({ questline: { id: "8" } }) })("", {}, context);
  expect(resolved(auth)).toBe("7");
});

test.each([[false], [null], [undefined]])("a game that answers %s refuses the player", async (answer) => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { questline } = fakeQuestline();
  const onAuth = questlineAuth(questline, { then: () => answer as boolean });
  expect(await onAuth("", {}, context)).toBe(false);
  expect(warned).toHaveBeenCalledTimes(answer === undefined ? 1 : 0);
  warned.mockRestore();
});

test("a game that answers true adds nothing", async () => {
  const { questline } = fakeQuestline();
  expect(await questlineAuth(questline, { then: () => true })("", {}, context)).toEqual({ id: "7" });
});

test("an error of the game's own check reaches Colyseus as it is", async () => {
  const { questline } = fakeQuestline();
  const banned = new ServerError(403, "banned");
  await expect(questlineAuth(questline, { then: () => Promise.reject(banned) })("", {}, context)).rejects.toBe(banned);
});

test("the game's own check does not run for a player Meta refuses", async () => {
  const { questline } = fakeQuestline();
  let ran = false;
  const onAuth = questlineAuth(questline, { then: () => (ran = true) });
  await expect(onAuth("", {}, { ...context, headers: new Headers() })).rejects.toMatchObject({ code: 401 });
  expect(ran).toBe(false);
});

const bare: AuthContext = { ...context, headers: new Headers() };

test("with guests, whoever brings nothing gets in, and auth names nobody", async () => {
  const { questline, asked } = fakeQuestline();
  const auth = await questlineAuth(questline, { guests: true })("", { mode: "ffa" }, bare);
  expect(auth).toEqual({ questline: { guest: true } });
  expect(resolved(auth)).toBeUndefined();
  expect(asked).toEqual([]);
});

test("with guests, a proof still makes a player", async () => {
  const { questline } = fakeQuestline();
  expect(await questlineAuth(questline, { guests: true })("", {}, context)).toEqual({ id: "7" });
});

test.each([
  ["unreadable", { metaToken: 7 }],
  ["incomplete", { metaUserId: "7" }],
])("with guests, an %s credential is refused", async (_, options) => {
  const { questline } = fakeQuestline();
  const onAuth = questlineAuth(questline, { guests: true });
  await expect(onAuth("", options, bare)).rejects.toMatchObject({ code: 401 });
});

test("with guests, a platform that cannot tell is no reason to let somebody in as a guest", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { questline, users } = fakeQuestline();
  users.verifyToken = () => Promise.reject(coded("unavailable"));
  await expect(questlineAuth(questline, { guests: true })("", {}, context)).rejects.toMatchObject({ code: 503 });
  warned.mockRestore();
});

test("with guests, the game's own check runs for them too, and its ids are not taken for Meta's", async () => {
  const { questline } = fakeQuestline();
  const seen: unknown[] = [];
  const onAuth = questlineAuth(questline, {
    guests: true,
    then: (player) => {
      seen.push(player);
      return { id: "17", userId: "18", sessionId: "forged", questline: { id: "19" } };
    },
  });
  const auth = await onAuth("", {}, bare);
  expect(auth).toEqual({ id: "17", userId: "18", questline: { guest: true } });
  expect(resolved(auth)).toBeUndefined();
  expect(resolved(await onAuth("", {}, context))).toBe("7");
  expect(seen).toEqual([undefined, { id: "7" }]);
});

test("with guests, the game may refuse them", async () => {
  const { questline } = fakeQuestline();
  const onAuth = questlineAuth(questline, { guests: true, then: (player) => player !== undefined });
  expect(await onAuth("", {}, bare)).toBe(false);
  expect(await onAuth("", {}, context)).toEqual({ id: "7" });
});

test.each([
  [undefined, undefined],
  [{}, undefined],
  [{ id: "7", questline: { guest: true } }, undefined],
  [{ id: "7", guest: true }, "7"],
  [true, undefined],
  [{ id: 7 }, undefined],
  [{ id: "" }, undefined],
  [{ userId: "7" }, "7"],
  [{ id: "7", userId: "8" }, "7"],
  [{ id: "db-1", questline: { id: "7" } }, "7"],
])("auth %j resolves to %s", (auth, expected) => {
  expect(resolved(auth)).toBe(expected);
});
