import { ServerError, type AuthContext } from "@colyseus/core";
import { expect, test, vi } from "vitest";
import { questlineAuth } from "../src/questline-auth.ts";
import { VerifiedPlayers } from "../src/verified-players.ts";
import { fakeClient } from "./fake-room.ts";
import { coded, fakeQuestline, type FakeQuestline } from "./fake-questline.ts";

const context: AuthContext = { ip: undefined, headers: new Headers({ "x-meta-token": "token-of-7" }) };
/** Who a connection with this `auth` is taken for. */
const met = async ({ users }: FakeQuestline["questline"], auth: unknown): Promise<string | undefined> => {
  const [players, client] = [new VerifiedPlayers(users), fakeClient("s", auth)];
  await players.meet(client, { travels: false, keeps: false });
  return players.of(client)?.id;
};

/** The same after Colyseus handed it on. */
const sent = (questline: FakeQuestline["questline"], auth: unknown): Promise<string | undefined> =>
  met(questline, JSON.parse(JSON.stringify(auth)));

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
  expect(await sent(questline, auth)).toBe("7");
});

test("a game with ids of its own keeps them, and Meta's player stands beside", async () => {
  const { questline } = fakeQuestline();
  const auth = await questlineAuth(questline, { then: async () => ({ id: "db-1" }) })("", {}, context);
  expect(auth).toEqual({ id: "db-1", questline: { id: "7" } });
  expect(await sent(questline, auth)).toBe("7");
});

test("a game cannot forge the player beside its own id", async () => {
  const { questline } = fakeQuestline();
  const auth = await questlineAuth(questline, { then: () => ({ questline: { id: "8" } }) })("", {}, context);
  expect(await sent(questline, auth)).toBe("7");
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
  expect(await sent(questline, auth)).toBeUndefined();
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
  expect(await sent(questline, auth)).toBeUndefined();
  expect(await sent(questline, await onAuth("", {}, context))).toBe("7");
  expect(seen).toEqual([undefined, { id: "7" }]);
});

test("with guests, the game may refuse them", async () => {
  const { questline } = fakeQuestline();
  const onAuth = questlineAuth(questline, { guests: true, then: (player) => player !== undefined });
  expect(await onAuth("", {}, bare)).toBe(false);
  expect(await onAuth("", {}, context)).toEqual({ id: "7" });
});

test("the room knows a player by what the hook returned, after Colyseus made JSON of it; the same words from elsewhere are nobody", async () => {
  const { questline } = fakeQuestline();
  for (const game of [{}, { level: 3 }, { id: "db-1" }]) {
    const auth = await questlineAuth<any, any, any, object>(questline, { then: () => game })("", {}, context);
    const travelled: object = JSON.parse(JSON.stringify(auth));
    expect(await met(questline, travelled)).toBe("7");
    // Nothing of it is left for whoever reads client.auth.
    expect(travelled).toEqual(JSON.parse(JSON.stringify({ ...(auth as object) })));
    expect(await met(questline, { ...(auth as object) })).toBeUndefined();
  }
});

test.each([
  {},
  { id: "7" },
  { userId: "7" },
  { sub: "7", metaUserId: "7" },
  { questline: { id: "7" } },
  { questline: { id: "7" }, questlineVoucher: "7" },
  { questline: { id: "7" }, questlineVoucher: { id: "7" } },
])("auth %j is nobody", async (auth) => {
  expect(await met(fakeQuestline().questline, auth)).toBeUndefined();
});
