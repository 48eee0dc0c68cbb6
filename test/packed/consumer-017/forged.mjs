import { matchMaker } from "@colyseus/core";
import { auth, JWT } from "@colyseus/auth";
import { attach, playerAuth } from "@questline/colyseus/attach";
import {
  address,
  client,
  DuelRoom,
  emulator,
  leaveStage,
  listen,
  newUser,
  questline,
  sit,
  tell,
  until,
} from "./scene.mjs";

/** What a signed token says of its bearer, and who is believed to be it. */

process.env.JWT_SECRET = "jwt-test-secret";

class KillRoom extends DuelRoom {
  static options = {};
  static onAuth = undefined;
  onCreate(options) {
    this.questline = attach(this, questline, { ...this.constructor.options, createOptions: options });
    this.setMetadata(options);
    this.onMessage("kill", (player, id) => this.questline.report(player, "kill", { map: 3 }, { id }));
  }
}
class StaticRoom extends KillRoom {
  static onAuth = DuelRoom.onAuth;
}
class RequiredRoom extends KillRoom {
  static options = { auth: "required" };
}
class GuestsRoom extends KillRoom {
  static options = { auth: "guests" };
}
/** As Colyseus's documentation has it: the payload is the account. */
class PayloadRoom extends KillRoom {
  static onAuth = (token) => JWT.verify(token);
}
class PayloadGuestsRoom extends KillRoom {
  static options = { auth: "guests" };
  static onAuth = (token) => JWT.verify(token);
}
class OwnHookRoom extends KillRoom {
  static onAuth = (_token, { of }) => playerAuth(questline, { id: of });
}

const rooms = { StaticRoom, RequiredRoom, GuestsRoom, PayloadRoom, PayloadGuestsRoom, OwnHookRoom };
await listen(rooms, { express: (app) => void app.use(auth.prefix, auth.routes()) });

const receipts = ({ id }) => questline.receipts({ userId: id });
const withToken = (token) => {
  const sdk = client();
  sdk.auth.token = token;
  return sdk;
};
const anonymous = async (options) => {
  const body = JSON.stringify({ options });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`http://${address()}/auth/anonymous`, { method: "POST", headers, body });
  return (await answer.json()).token;
};

for (const name of ["StaticRoom", "RequiredRoom", "GuestsRoom", "PayloadRoom", "PayloadGuestsRoom"]) {
  const victim = newUser();
  const { id } = victim;
  const claims = [{ questline: { id } }, { userId: id }, { id }, { sub: id }, { metaUserId: id }];
  const ends = [];
  for (const claim of claims) {
    const room = await withToken(await anonymous(claim))
      .joinOrCreate(name, {})
      .catch(({ code }) => void ends.push(code));
    if (!room) continue;
    room.send("kill", `kill of ${room.sessionId}`);
    await room.leave();
    ends.push("a stranger");
  }
  await questline.flush();
  tell(`forged in ${name}`, { ends: [...new Set(ends)], written: (await receipts(victim)).length });
}
{
  const victim = await sit("OwnHookRoom", "nothing", { of: newUser().id }).catch((error) => error.message);
  tell("the word of the game's own hook", victim.room?.questline.toJSON().players);
}
for (const name of ["PayloadRoom", "PayloadGuestsRoom"]) {
  const theirs = await withToken(await anonymous({})).joinOrCreate(name, {});
  const room = matchMaker.getLocalRoomById(theirs.roomId);
  const token = await anonymous({ sessionId: theirs.sessionId });
  const taken = await withToken(token)
    .joinById(theirs.roomId)
    .then(
      () => "taken",
      () => "refused",
    );
  tell(`a claimed session in ${name}`, { taken, clients: room.clients.length });
}
{
  const ada = newUser();
  await client().create("RequiredRoom", { mode: "duel", metaToken: ada.token });
  const listed = JSON.stringify(await matchMaker.query({ name: "RequiredRoom" }));
  tell("the creator's proof", { listed: listed.includes("duel"), leaked: listed.includes(ada.token) });
}

await until(() => true);
void emulator;
await leaveStage();
