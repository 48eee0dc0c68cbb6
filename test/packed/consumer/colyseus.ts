import { Room } from "@colyseus/core";
import { questlineAuth, questlinePlugin } from "@questline/colyseus";
import { TOKEN, UNLOCKED, type QuestlineMessages } from "@questline/colyseus/messages";
import type { Questline } from "@questline/core";

declare const questline: Questline;

export class ArenaRoom extends Room {
  static override onAuth = questlineAuth(questline);
}
export const plugin = questlinePlugin(questline);
export const types: readonly (keyof QuestlineMessages)[] = [TOKEN, UNLOCKED];
