import { attach } from "@questline/colyseus/attach";
import { drop, DuelRoom, emulator, leaveStage, listen, questline, settled, sit, tell, until } from "./scene.mjs";

/** What players are told, over drops and rooms. */

class ArenaRoom extends DuelRoom {
  onCreate() {
    this.questline = attach(this, questline, { progress: true, ranks: true });
  }
  onDrop(client) {
    this.allowReconnection(client, 20).catch(() => {});
  }
}
class LobbyRoom extends ArenaRoom {}

await listen({ ArenaRoom, LobbyRoom });
const of = ({ heard }, type) => heard.filter((notice) => notice.type === `questline:${type}`);

{
  const ada = await sit("ArenaRoom");
  await settled(ada.room.end());
  await until(() => ada.heard.length === 3);
  const [recorded] = of(ada, "recorded");
  const first = { kinds: ada.heard.map(({ type }) => type).sort(), rank: recorded.payload.rank };
  const [unlock] = of(ada, "unlocked");
  const isAgain = (notice) => JSON.stringify(notice) === JSON.stringify(unlock);

  Object.assign(ada.sdk.reconnection, { minUptime: 0, minDelay: 50, maxDelay: 50, delay: 50 });
  drop(ada);
  await until(() => of(ada, "unlocked").length === 2);
  ada.sdk.send("questline:pull");
  await until(() => of(ada, "unlocked").length === 3 && of(ada, "delayed").length === 1);
  const here = { same: of(ada, "unlocked").every(isAgain), waiting: of(ada, "delayed")[0].payload.waiting };

  const lobby = await sit("LobbyRoom", ada.user);
  await until(() => of(lobby, "unlocked").length === 1);
  const elsewhere = of(lobby, "unlocked").every(isAgain);
  lobby.sdk.send("questline:ack", { ids: [unlock.payload.id] });
  await until(async () => (await questline.announcements(ada.user.id)).length === 0);
  const last = await sit("ArenaRoom", ada.user);
  last.sdk.send("questline:pull");
  await until(() => of(last, "delayed").length === 1);
  tell("an unlock until it is acknowledged", { first, here, elsewhere, after: of(last, "unlocked").length });
  await ada.room.disconnect();
}
{
  const ada = await sit("ArenaRoom");
  const { room } = ada;
  await ada.sdk.leave();
  await until(() => room.clients.length === 0);
  await settled(room.end());
  const lobby = await sit("LobbyRoom", ada.user);
  await until(() => lobby.heard.length === 3);
  tell("settled with no seat at all", lobby.heard.map(({ type }) => type).sort());
}
{
  const ada = await sit("ArenaRoom");
  emulator.world.expireToken(ada.user.token);
  ada.room.end();
  await until(() => of(ada, "token").length > 0 && of(ada, "unlocked").length > 0);
  ada.sdk.send("questline:pull");
  await until(() => of(ada, "delayed").length > 0);
  tell("what waits, and why", of(ada, "delayed")[0].payload);
}
await leaveStage();
