import { ServerError, type AuthContext } from "@colyseus/core";
import { expect, test, vi } from "vitest";
import { questlineAuth } from "../src/questline-auth.ts";
import { userIdFromAuth } from "../src/resolve-user-id.ts";
import { fakeClient } from "./fake-room.ts";
import { fakeQuestline } from "./fake-questline.ts";

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

test.each([
  [undefined, undefined],
  [{}, undefined],
  [true, undefined],
  [{ id: 7 }, undefined],
  [{ id: "" }, undefined],
  [{ userId: "7" }, "7"],
  [{ id: "7", userId: "8" }, "7"],
  [{ id: "db-1", questline: { id: "7" } }, "7"],
])("auth %j resolves to %s", (auth, expected) => {
  expect(resolved(auth)).toBe(expected);
});
