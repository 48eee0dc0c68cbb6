import type { RuleBookOf } from "../src/rules/rule-book.ts";
import type { catalog } from "./game.ts";

export const names: RuleBookOf<typeof catalog> = {
  matchEnded: ({ unlock, addCount, addBits, submitScore }) => [
    unlock("FIRST_WINN"), // expect: Argument of type '"FIRST_WINN"' is not assignable to parameter of type '"EVERY_MAP" | "FIRST_WIN" | "WINS_100"'
    addCount("FIRST_WIN", 1), // expect: Argument of type '"FIRST_WIN"' is not assignable to parameter of type '"WINS_100"'
    addBits("WINS_100", (e) => [e.map]), // expect: Argument of type '"WINS_100"' is not assignable to parameter of type '"EVERY_MAP"'
    submitScore("WINS_100", (e) => e.timeMs), // expect: Argument of type '"WINS_100"' is not assignable to parameter of type '"BEST_TIME"'
    unlock("FIRST_WIN").when((e) => e.lost), // expect: Property 'lost' does not exist on type 'MatchEnded'
    submitScore("BEST_TIME", (e) => e.won), // expect: Type 'boolean' is not assignable to type 'number | bigint'
    addCount("WINS_100", "1"), // expect: Argument of type 'string' is not assignable to parameter of type
    submitScore("BEST_TIME", (e) => e.timeMs, { forced: true }), // expect: 'forced' does not exist in type 'ScoreOptions<MatchEnded>'
  ],
  kill: ({ addCount }) => [
    addCount("WINS_100", (e) => e.weapon.length),
    addCount("WINS_100", (e) => e.damage), // expect: Property 'damage' does not exist on type '{ readonly weapon: string; }'
  ],
};

export const events: RuleBookOf<typeof catalog> = {
  matchEndd: () => [], // expect: 'matchEndd' does not exist in type
};
