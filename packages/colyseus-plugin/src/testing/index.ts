export { createQuestlineTest, type QuestlineTest, type QuestlineTestOptions } from "./create-questline-test.ts";
export { questlineMatchers, type QuestlineMatchers } from "./matchers.ts";
export type { TestPlayer } from "./test-player.ts";
