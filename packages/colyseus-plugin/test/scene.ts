import type { QuestlinePluginOptions } from "../src/plugin-options.ts";
import { questlinePlugin, type QuestlinePlugin } from "../src/questline-plugin.ts";
import { fakeQuestline, type FakeEvents, type FakeQuestline } from "./fake-questline.ts";
import { fakeRoom, type FakeRoom } from "./fake-room.ts";

export interface Scene extends FakeQuestline, FakeRoom {
  readonly plugin: QuestlinePlugin<FakeEvents>;
}

/** One room with the plugin in it, around a Questline that only records. */
export function scene(
  options: QuestlinePluginOptions<FakeEvents> = {},
  hooks: Parameters<typeof fakeRoom>[1] = {},
): Scene {
  const fake = fakeQuestline();
  const plugin = questlinePlugin(fake.questline, options);
  return { ...fake, plugin, ...fakeRoom(plugin, hooks) };
}

/** Lets the event loop go round once. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const won = (): { won: boolean } => ({ won: true });
