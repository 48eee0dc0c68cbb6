import { hubOf } from "../src/hub.ts";
import type { QuestlinePluginOptions } from "../src/plugin-options.ts";
import type { ResolveUserId } from "../src/resolve-user-id.ts";
import { questlinePlugin, type QuestlinePlugin } from "../src/questline-plugin.ts";
import { fakeQuestline, type FakeEvents, type FakeQuestline } from "./fake-questline.ts";
import { fakeRoom, type FakeRoom } from "./fake-room.ts";
import { testClock, type TestClock } from "./test-clock.ts";

export interface Scene extends FakeQuestline, FakeRoom {
  readonly plugin: QuestlinePlugin<FakeEvents>;
  /** The plugin's time; nothing moves it but the test. */
  readonly clock: TestClock;
}

/** A game that vouches for its users: in these rooms nobody else writes `auth`. */
export const ownWord: ResolveUserId = (client) => {
  const { questline, id, userId } = Object(client.auth) as Record<string, unknown>;
  const { id: named, guest } = Object(questline) as Record<string, unknown>;
  const told = guest === true ? [named] : [named, id, userId];
  return told.find((one): one is string => typeof one === "string" && /^\d+$/.test(one));
};

/** One room with the plugin in it, around a Questline that only records. */
export function scene(
  options: QuestlinePluginOptions<FakeEvents> = {},
  hooks: Parameters<typeof fakeRoom>[1] = {},
): Scene {
  const fake = fakeQuestline();
  const clock = testClock();
  hubOf(fake.questline, { clock });
  const plugin = questlinePlugin(fake.questline, { resolveUserId: ownWord, ...options });
  return { ...fake, plugin, clock, ...fakeRoom(plugin, hooks) };
}

/** Lets the event loop go round once. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const won = (): { won: boolean } => ({ won: true });
