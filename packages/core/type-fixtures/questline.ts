import { board, count, simple } from "../src/catalogue/definitions.ts";
import { each, type Events } from "../src/catalogue/events.ts";
import type { Achievements, Leaderboards } from "../src/catalogue/definitions.ts";
import type { NoLeaderboards } from "../src/catalogue/catalog.ts";
import type { QuestlineDefinition } from "../src/rules/rule-book.ts";

declare function createQuestline<
  const E extends Events,
  const A extends Achievements,
  const L extends Leaderboards = NoLeaderboards,
>(options: QuestlineDefinition<E, A, L> & { readonly app: { readonly id: string } }): E;

export const rulesFirst = createQuestline({
  rules: {
    kill: ({ unlock, addCount, submitScore }) => [
      unlock("FIRST").when((e) => e.far),
      addCount("KILLS", 1).when((e) => e.near), // expect: Property 'near' does not exist on type '{ readonly far: boolean; }'
      addCount("FIRST", 1), // expect: Argument of type '"FIRST"' is not assignable to parameter of type '"KILLS"'
      submitScore("TIME", () => 1), // expect: is not assignable to parameter of type 'never'
    ],
  },
  app: { id: "1" },
  achievements: { FIRST: simple(), KILLS: count(3) },
  events: { kill: each<{ readonly far: boolean }>() },
});

export const unknownEvent = createQuestline({
  app: { id: "1" },
  achievements: { FIRST: simple() },
  events: { kill: each<{ readonly far: boolean }>() },
  leaderboards: { TIME: board({ sort: "lower", writes: "server" }) }, // expect: Type '"lower"' is not assignable to type 'SortOrder'
  rules: {
    kil: () => [], // expect: 'kil' does not exist in type
  },
});
