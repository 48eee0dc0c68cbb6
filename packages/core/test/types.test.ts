import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { defineCatalog, type NoLeaderboards } from "../src/catalogue/catalog.ts";
import { type Achievements, bitfield, board, count, type Leaderboards, simple } from "../src/catalogue/definitions.ts";
import {
  each,
  type EventDefinition,
  type Events,
  type OccurrenceOf,
  oncePerMatch,
  type PayloadOf,
} from "../src/catalogue/events.ts";
import type { Match, Questline } from "../src/questline.ts";
import type { QuestlineDefinition, RuleBookOf } from "../src/rules/rule-book.ts";
import type { BitfieldName, CountName, Rule } from "../src/rules/rule-kit.ts";

interface MatchEnded {
  readonly won: boolean;
  readonly map: number;
  readonly timeMs: number;
}

const Kill = z.object({ weapon: z.string(), distance: z.number() });
const catalog = defineCatalog({
  events: { matchEnded: oncePerMatch<MatchEnded>(), kill: each(Kill) },
  achievements: { FIRST_WIN: simple(), WINS_100: count(100n), EVERY_MAP: bitfield(7, { target: 7 }) },
  leaderboards: { BEST_TIME: board({ sort: "lower-is-better", writes: "server" }) },
});
type Game = typeof catalog;

/** As `createQuestline` is declared, so that inference in one call is tested without building one. */
function define<const E extends Events, const A extends Achievements, const L extends Leaderboards = NoLeaderboards>(
  options: QuestlineDefinition<E, A, L> & { readonly app?: { readonly id: string } },
): Pick<Questline<E, A, L>, "events" | "achievements"> & { readonly leaderboards?: L } {
  return options;
}

describe("events", () => {
  test("carry their payload, stated or taken from a schema", () => {
    expectTypeOf<PayloadOf<Game["events"]["matchEnded"]>>().toEqualTypeOf<MatchEnded>();
    expectTypeOf<PayloadOf<Game["events"]["kill"]>>().toEqualTypeOf<{ weapon: string; distance: number }>();
    expectTypeOf(oncePerMatch<MatchEnded>()).toEqualTypeOf<EventDefinition<MatchEnded, "once-per-match">>();
  });

  test("take an occurrence id only where they happen again and again", () => {
    expectTypeOf<OccurrenceOf<Game["events"]["matchEnded"]>>().toEqualTypeOf<[]>();
    expectTypeOf<OccurrenceOf<Game["events"]["kill"]>>().toEqualTypeOf<[options?: { readonly id?: string }]>();
    expectTypeOf<Parameters<Match<Game["events"]>["report"]>[1]>().toEqualTypeOf<"matchEnded" | "kill">();
  });
});

describe("rules", () => {
  test("know the names of each kind", () => {
    expectTypeOf<CountName<Game["achievements"]>>().toEqualTypeOf<"WINS_100">();
    expectTypeOf<BitfieldName<Game["achievements"]>>().toEqualTypeOf<"EVERY_MAP">();
  });

  test("see the payload of their event, in a file of their own", () => {
    const rules: RuleBookOf<Game> = {
      matchEnded: ({ unlock, addBits, submitScore }) => [
        unlock("FIRST_WIN").when((e) => {
          expectTypeOf(e).toEqualTypeOf<MatchEnded>();
          return e.won;
        }),
        addBits("EVERY_MAP", (e) => [e.map]),
        submitScore("BEST_TIME", (e) => e.timeMs, { extra: (e) => `map ${e.map}` }).named("best"),
      ],
      kill: ({ addCount }) => {
        const rule = addCount("WINS_100", (e) => e.distance);
        expectTypeOf(rule).toEqualTypeOf<Rule<{ weapon: string; distance: number }>>();
        return [rule];
      },
    };
    expectTypeOf(rules).toEqualTypeOf<RuleBookOf<Game>>();
  });

  test("are inferred in one call, in any order of properties, without boards", () => {
    const game = define({
      rules: {
        won: ({ unlock, addCount }) => [
          unlock("FIRST").when((e) => e.far),
          addCount("KILLS", (e) => {
            expectTypeOf(e).toEqualTypeOf<{ far: boolean }>();
            return 1;
          }),
        ],
      },
      achievements: { FIRST: simple(), KILLS: count(3) },
      events: { won: oncePerMatch<{ far: boolean }>() },
      app: { id: "1" },
    });
    expectTypeOf(game.events.won).toEqualTypeOf<EventDefinition<{ far: boolean }, "once-per-match">>();
    expectTypeOf<keyof typeof game.achievements>().toEqualTypeOf<"FIRST" | "KILLS">();
  });

  test("fit a catalogue that is spread into the options", () => {
    const rules: RuleBookOf<Game> = {};
    expectTypeOf(define({ ...catalog, rules }).events).toEqualTypeOf<Game["events"]>();
  });
});

test("a questline of one game is a questline", () => {
  expectTypeOf<Questline<Game["events"], Game["achievements"], Game["leaderboards"]>>().toExtend<Questline>();
});
