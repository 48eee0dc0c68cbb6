import { definePlugins, Room, type Client } from "@colyseus/core";
import { each, oncePerMatch, type Questline } from "@questline/core";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import type { QuestlineMessages } from "../src/messages.ts";
import type { Player } from "../src/player.ts";

export interface MatchEnded {
  readonly won: boolean;
  readonly timeMs: number;
}

const events = {
  matchEnded: oncePerMatch<MatchEnded>(),
  kill: each<{ readonly weapon: string; readonly points: number }>(),
};

export declare const questline: Questline<typeof events>;

export class DuelRoom extends Room<{ client: Client<{ auth: Player; messages: QuestlineMessages }> }> {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
}
