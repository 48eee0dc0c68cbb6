import { createRequire } from "node:module";
import { questlinePlugin } from "@questline/colyseus";
import { attach, questlineAuth } from "@questline/colyseus/attach";
import { createQuestline, memoryStore, oncePerMatch, simple } from "@questline/core";
import * as colyseus from "colyseus";

const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: memoryStore(),
  achievements: { FIRST_WIN: simple() },
  events: { matchEnded: oncePerMatch() },
});

class ArenaRoom extends colyseus.Room {
  static onAuth = questlineAuth(questline);
  plugins = colyseus.definePlugins?.([questlinePlugin(questline)]);
}

/** The copy of Colyseus that this package works with. */
const coreOf = (name) => createRequire(import.meta.resolve(name)).resolve("@colyseus/core");

const entries = [typeof ArenaRoom.onAuth, typeof attach];
console.log(JSON.stringify({ oneCore: coreOf("colyseus") === coreOf("@questline/colyseus"), entries }));
await questline.close();
process.exit();
