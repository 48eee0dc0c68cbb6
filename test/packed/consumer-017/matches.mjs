import { schema } from "@colyseus/schema";
import { attach, memoryStreaks, sqliteStreaks } from "@questline/colyseus/attach";
import { DuelRoom, emulator, leaveStage, listen, played, questline, settled, sit, tell, until } from "./scene.mjs";

/** What a match adds up to: its end seen by the plugin, tallies, streaks. */

const DuelState = schema({ phase: "string", winner: "string" });
const result = (winner, { sessionId }) => ({ won: winner === sessionId, timeMs: 1_000 });
const byState = { state: ({ phase }) => phase === "ended", results: ({ winner }, player) => result(winner, player) };
const byBroadcast = { broadcast: { game_over: ({ winner }, player) => result(winner, player) } };

/** A game that knows nothing of achievements. */
class GameRoom extends DuelRoom {
  patchRate = 10;
  onCreate() {
    this.questline = attach(this, questline, { watch: this.watched });
    this.setState(new DuelState().assign({ phase: "playing", winner: "" }));
    // What a room assigns here replaces what was wrapped before.
    this.onBeforePatch = () => {};
  }
  finish(winner) {
    this.state.assign({ phase: "ended", winner });
    this.broadcast("game_over", { winner });
  }
  restart() {
    this.state.assign({ phase: "playing", winner: "" });
  }
}
class StateRoom extends GameRoom {
  watched = { event: "matchEnded", ...byState };
}
class BroadcastRoom extends GameRoom {
  watched = { event: "matchEnded", ...byBroadcast };
}
class BothRoom extends GameRoom {
  watched = { event: "matchEnded", ...byState, ...byBroadcast };
}
class SeveralRoom extends GameRoom {
  watched = [
    { event: "matchEnded", ...byState },
    { event: "no such event", ...byState },
    { event: "kill", ...byState, results: () => ({ map: 3 }) },
    { event: "kill", broadcast: { aborted: () => ({ map: 5 }) } },
  ];
}
class WrongRoom extends GameRoom {
  watched = { event: "matchEnded", state: ({ scores }) => scores.size > 0, results: () => result("", {}) };
}

class TallyRoom extends DuelRoom {
  end() {
    const told = [];
    const receipts = this.questline.endMatch("matchEnded", ({ tally }) => {
      told.push([tally.count("kill"), tally.sum("kill", "points"), tally.best("kill", "points") ?? "none"]);
      return { won: tally.count("kill") > 1, timeMs: 1_000 };
    });
    return { told, receipts };
  }
}

const stores = { memory: memoryStreaks(), sqlite: sqliteStreaks("streaks.db") };
class StreakRoom extends DuelRoom {
  onCreate({ store }) {
    const streaks = { store: stores[store], event: "matchEnded", of: { wins: ({ won }) => won } };
    this.questline = attach(this, questline, { streaks });
  }
  async end(won) {
    let before;
    const receipts = this.questline.endMatch("matchEnded", ({ streak }) => {
      before = streak("wins");
      return { won, timeMs: 1_000 };
    });
    await settled(receipts);
    return before;
  }
}

await listen({ StateRoom, BroadcastRoom, BothRoom, SeveralRoom, WrongRoom, TallyRoom, StreakRoom });

for (const name of ["StateRoom", "BroadcastRoom", "BothRoom"]) {
  const [left, stays] = [await sit(name), await sit(name)];
  const { room, sdk } = stays;
  await left.sdk.leave();
  await until(() => room.clients.length === 1);
  for (let match = 1; match <= 2; match++) {
    room.finish(sdk.sessionId);
    await until(() => sdk.state.phase === "ended");
    await questline.flush();
    await until(() => played(stays.user) === match);
    room.restart();
    await until(() => sdk.state.phase === "playing");
  }
  const won = [left, stays].map(({ user }) => emulator.world.progress(user.id, "FIRST_WIN").unlocked);
  tell(`watched by ${name}`, { played: [left, stays].map(({ user }) => played(user)), won });
}
{
  const { room, sdk, user } = await sit("SeveralRoom");
  const bits = () => emulator.world.progress(user.id, "EVERY_MAP").bits;
  room.finish(sdk.sessionId);
  await until(() => sdk.state.phase === "ended");
  await until(() => played(user) === 1 && bits() === "0001000");
  room.broadcast("aborted");
  await until(() => bits() === "0001010");
  tell("several watches", { played: played(user) });
}
{
  const { room, sdk } = await sit("WrongRoom");
  room.finish(sdk.sessionId);
  await until(() => sdk.state.phase === "ended");
  const reported = [...room.questline.endMatch("matchEnded", () => result("", {})).keys()].length;
  tell("a watch that throws", { reported });
}
{
  const [ada, grace] = [await sit("TallyRoom"), await sit("TallyRoom")];
  const { room } = ada;
  const kill = (id, points) => room.questline.report(ada.sdk.sessionId, "kill", { map: 1, points }, { id });
  for (const id of ["k-1", "k-2", "k-2"]) kill(id, 10);
  kill("k-3", 25);
  await ada.sdk.leave();
  await until(() => room.clients.length === 1);
  const first = room.end();
  await settled(first.receipts);
  const won = [ada, grace].map(({ user }) => emulator.world.progress(user.id, "FIRST_WIN").unlocked);
  tell("tallies", { first: first.told, won, second: room.end().told });
}
for (const store of Object.keys(stores)) {
  const ada = await sit("StreakRoom", "header", { store });
  const seen = [];
  for (const won of [true, true, false, true]) {
    // A store answers in order: what the room asked before is there, too.
    await stores[store].read(ada.user.id);
    seen.push(await ada.room.end(won));
  }
  await ada.sdk.leave();
  await ada.room.disconnect();
  const again = await sit("StreakRoom", ada.user, { store });
  await stores[store].read(ada.user.id);
  tell(`streaks in ${store}`, [...seen, await again.room.end(true)]);
  await again.room.disconnect();
}
await stores.sqlite.close();
await leaveStage();
