import { matchMaker } from "@colyseus/core";
import { attach, playerAuth, questlineAuth, questlineEndpoints, verifyPlayer } from "@questline/colyseus/attach";
import {
  address,
  client,
  DuelRoom,
  emulator,
  leaveStage,
  listen,
  newUser,
  played,
  questline,
  seat,
  sit,
  tell,
  until,
} from "./scene.mjs";

/** Who joins, and how Colyseus asks. */

process.env.JWT_SECRET = "jwt-test-secret";
let asked = 0;

/** The first seats are taken meanwhile, so matchmaking starts over with the same options. */
class CrowdedRoom extends DuelRoom {
  static onAuth = (...join) => (asked++, DuelRoom.onAuth(...join));
  hasReachedMaxClients() {
    return asked < 3;
  }
}
class OwnAuthRoom extends CrowdedRoom {
  static async onAuth(token, options, context) {
    asked++;
    return { metaId: (await verifyPlayer(questline, token, options, context)).id };
  }
  onCreate() {
    this.questline = attach(this, questline, { resolveUserId: ({ auth }) => auth.metaId });
  }
}
class CheckedRoom extends DuelRoom {
  static onAuth = questlineAuth(questline, { then: ({ id }, { banned }) => !banned && { id: 7, of: id } });
}
class LobbyRoom extends DuelRoom {
  static onAuth = questlineAuth(questline, { guests: true });
}
class RequiredRoom extends DuelRoom {
  static onAuth = undefined;
  onCreate() {
    this.questline = attach(this, questline, { auth: "required" });
  }
}

const rooms = { DuelRoom, CrowdedRoom, OwnAuthRoom, CheckedRoom, LobbyRoom, RequiredRoom };
await listen(rooms, { express: (app) => void app.use(questlineEndpoints(questline)) });
const codeOf = (joining) =>
  joining.then(
    () => "joined",
    ({ code }) => code,
  );

for (const name of ["CrowdedRoom", "OwnAuthRoom"]) {
  asked = 0;
  const user = newUser();
  const metaNonce = emulator.world.mintNonce("1", user.id);
  const { room } = await seat(user, await client().joinOrCreate(name, { metaUserId: user.id, metaNonce }));
  room.end();
  await until(() => played(user) === 1);
  tell(`a taken seat of ${name}`, { asked, nonce: emulator.oracle.nonce(metaNonce), played: played(user) });
}
{
  const ada = await sit("CheckedRoom");
  const banned = await codeOf(client({ "x-meta-token": ada.user.token }).joinOrCreate("CheckedRoom", { banned: true }));
  const { id, of, questline: player } = ada.room.clients[0].auth;
  tell("the game's own check", { id, same: of === ada.user.id && player.id === ada.user.id, banned });
}
{
  const refused = [];
  for (const [name, options] of [["DuelRoom"], ["RequiredRoom"], ["RequiredRoom", { metaToken: "FRL-nobody" }]])
    refused.push(await codeOf(client().joinOrCreate(name, options)));
  tell("without a good proof", refused);
}
{
  const { user, sdk, room, heard } = await sit("LobbyRoom", "nothing");
  const { auth } = room.clients[0];
  const forged = await codeOf(client({ "x-meta-token": "FRL-nobody" }).joinOrCreate("LobbyRoom"));
  const soFar = () => ({ guestReports: room.questline.toJSON().guestReports, played: played(user) });
  room.questline.report(sdk.sessionId, "kill", { map: 3 }, { id: "k-1" });
  const same = room.end() === room.end();
  await questline.flush();
  const before = soFar();
  sdk.send("questline:token", { token: "FRL-nobody" });
  await until(() => heard.length === 1);
  const [{ payload: refused }] = heard;
  for (let times = 0; times < 2; times++) sdk.send("questline:token", { token: user.token });
  await until(() => played(user) === 1);
  await questline.flush();
  const known = Object.keys(room.clients[0].auth).join();
  const { bits } = emulator.world.progress(user.id, "EVERY_MAP");
  tell("guests of the static hook", { auth, forged, same, before, refused, after: soFar(), known, bits });
}
{
  // The server gives the seats, without an `AuthContext`, so that no static hook is asked.
  const user = newUser();
  const listing = await matchMaker.createRoom("DuelRoom", {});
  const seats = [
    await matchMaker.reserveSeatFor(listing, {}, await playerAuth(questline, { id: user.id })),
    await matchMaker.reserveSeatFor(listing, {}, undefined),
  ];
  const players = [];
  for (const reservation of seats) players.push(await client().consumeSeatReservation(reservation));
  const { room } = await seat(user, players[0]);
  await seat(user, players[1]);
  const receipts = room.end();
  await until(() => played(user) === 1);
  const required = await matchMaker.createRoom("RequiredRoom", {});
  const nobody = await codeOf(
    client().consumeSeatReservation(await matchMaker.reserveSeatFor(required, {}, undefined)),
  );
  tell("seats given by the server", {
    connected: room.clients.length,
    played: played(user),
    ends: receipts.size,
    nobody,
  });
}
{
  const user = newUser();
  const post = (body) =>
    fetch(`http://${address()}/questline/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const refused = (await post({ metaToken: "FRL-nobody" })).status;
  const { token, user: player } = await (await post({ metaToken: user.token })).json();
  const opened = [];
  for (const name of ["DuelRoom", "RequiredRoom"]) {
    const sdk = client();
    sdk.auth.token = token;
    const { room } = await seat(user, await sdk.joinOrCreate(name));
    room.end();
    opened.push(name);
    await until(() => played(user) === opened.length);
  }
  const sdk = client();
  sdk.auth.token = `${token.slice(0, -2)}xx`;
  const forged = [await codeOf(sdk.joinOrCreate("DuelRoom")), await codeOf(sdk.joinOrCreate("RequiredRoom"))];
  tell("the exchange endpoint in Express", { refused, same: player.id === user.id, opened, forged });
}
await leaveStage();
