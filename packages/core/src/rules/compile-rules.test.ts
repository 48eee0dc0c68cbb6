import { describe, expect, test } from "vitest";
import { bitfield, board, count, simple } from "../catalogue/definitions.ts";
import { each, oncePerMatch } from "../catalogue/events.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { compileRules } from "./compile-rules.ts";

const definition = {
  events: { matchEnded: oncePerMatch<{ n: number }>(), kill: each<{ n: number }>() },
  achievements: {
    FIRST: simple(),
    WINS: count(100),
    KILLS: count(9n, { continueAfterUnlock: true }),
    MAPS: bitfield(7, { target: 7 }),
  },
  leaderboards: { TIME: board({ sort: "lower-is-better", writes: "server" }) },
};

/** Rules as plain JavaScript may write them. */
function compile(rules: unknown) {
  return compileRules({ ...definition, rules: rules as never });
}

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

function refusal(rules: unknown): string {
  const error = caught(() => compile(rules));
  expect(error).toBeInstanceOf(QuestlineError);
  expect(error).toHaveProperty("code", "bad_input");
  return (error as QuestlineError).message;
}

type Kit = Record<"unlock" | "addCount" | "addBits" | "submitScore", (...args: unknown[]) => unknown>;
const inMatchEnded = (make: (kit: Kit) => unknown) => refusal({ matchEnded: make });

describe("rule ids", () => {
  test("are event, kind and target, or as named", () => {
    const compiled = compileRules({
      ...definition,
      rules: {
        matchEnded: ({ unlock, addCount, submitScore }) => [
          unlock("FIRST").when((e) => e.n > 1),
          addCount("WINS", 1).named("wins"),
          submitScore("TIME", (e) => e.n),
        ],
        kill: ({ addBits }) => [
          addBits("MAPS", [1])
            .named("maps")
            .when(() => true),
        ],
      },
    });
    expect(compiled.get("matchEnded")?.rules.map(({ id }) => id)).toEqual([
      "matchEnded/unlock/FIRST",
      "wins",
      "matchEnded/submitScore/TIME",
    ]);
    expect(compiled.get("kill")?.rules.map(({ id }) => id)).toEqual(["maps"]);
  });

  test("refuse to be equal, naming both places", () => {
    const message = refusal({
      matchEnded: ({ addCount }: Kit) => [(addCount("WINS", 1) as { named(id: string): unknown }).named("x")],
      kill: ({ addCount }: Kit) => [(addCount("KILLS", 1) as { named(id: string): unknown }).named("x")],
    });
    expect(message).toContain(
      'Two rules have the id "x": addCount("WINS") of event "matchEnded", and addCount("KILLS") of event "kill"',
    );
    expect(message).toContain(".named(");
  });

  test("refuse two unnamed rules of one kind and target", () => {
    expect(inMatchEnded(({ unlock }) => [unlock("FIRST"), unlock("FIRST")])).toContain('"matchEnded/unlock/FIRST"');
  });

  test.each(["", "a\nb", 7])("refuse to be %j", (id) => {
    const message = inMatchEnded(({ unlock }) => [(unlock("FIRST") as { named(id: unknown): unknown }).named(id)]);
    expect(message).toContain('Rule "matchEnded/unlock/FIRST": the id');
  });
});

test("rules are values: when() and named() leave the rule they are called on alone", () => {
  let first: unknown;
  compile({
    matchEnded: ({ unlock }: Kit) => {
      const rule = unlock("FIRST") as { readonly id: string; named(id: string): unknown };
      const named = rule.named("other");
      expect(rule.id).toBe("matchEnded/unlock/FIRST");
      first = named;
      return [rule, named];
    },
  });
  expect(first).toMatchObject({ id: "other", kind: "unlock", target: "FIRST" });
});

test("an event without rules is known, and quiet", () => {
  const compiled = compile(undefined);
  expect([...compiled.keys()]).toEqual(["matchEnded", "kill"]);
  expect(compiled.get("kill")).toMatchObject({ occurs: "each", rules: [] });
});

test("what may wait: counts, bits and best scores of recurring events", () => {
  const all = ({ unlock, addCount, addBits, submitScore }: Kit) => [
    unlock("FIRST"),
    addCount("KILLS", 1),
    addBits("MAPS", [1]),
    submitScore("TIME", () => 1),
    (submitScore("TIME", () => 1, { force: true }) as { named(id: string): unknown }).named("forced"),
  ];
  const waits = (event: string, rules: unknown) =>
    compile(rules)
      .get(event)
      ?.rules.map(({ mayWait }) => mayWait);
  expect(waits("kill", { kill: all })).toEqual([false, true, true, true, false]);
  expect(waits("matchEnded", { matchEnded: all })).toEqual([false, false, false, false, false]);
});

test("an achievement that goes on counting says so on each of its rules", () => {
  const rules = compile({
    kill: ({ unlock, addCount }: Kit) => [unlock("KILLS"), addCount("KILLS", 1), addCount("WINS", 1)],
  });
  expect(rules.get("kill")?.rules.map(({ keepsCounting }) => keepsCounting)).toEqual([true, true, false]);
});

describe("what the compiler would refuse is refused when rules are compiled", () => {
  test.each<[string, (kit: Kit) => unknown, string]>([
    [
      "an unknown achievement",
      ({ unlock }) => [unlock("FIRTS")],
      'unlock("FIRTS"): there is no such achievement. Did you mean "FIRST"?',
    ],
    [
      "an inherited name",
      ({ unlock }) => [unlock("constructor")],
      'unlock("constructor"): there is no such achievement',
    ],
    ["a board as an achievement", ({ unlock }) => [unlock("TIME")], "there is no such achievement, but a leaderboard"],
    [
      "an achievement as a board",
      ({ submitScore }) => [submitScore("WINS", () => 1)],
      "there is no such leaderboard, but an achievement",
    ],
    ["an unknown board", ({ submitScore }) => [submitScore("TIMES", () => 1)], 'Did you mean "TIME"?'],
    [
      "a count on a simple one",
      ({ addCount }) => [addCount("FIRST", 1)],
      "it is a simple achievement, and addCount needs a count one",
    ],
    [
      "bits on a count",
      ({ addBits }) => [addBits("WINS", [1])],
      'it is a count achievement, and addBits needs a bitfield one. Defined: "MAPS".',
    ],
    ["a negative constant", ({ addCount }) => [addCount("WINS", -1)], "the count is -1; counters only go up"],
    ["text for a count", ({ addCount }) => [addCount("WINS", "1")], 'the count is "1"; it must be a whole number'],
    ["a constant bit out of range", ({ addBits }) => [addBits("MAPS", [7])], "bit 7 is no position from 0 to 6"],
    [
      "a constant score",
      ({ submitScore }) => [submitScore("TIME", 5)],
      "the score must be a function of the payload, not 5",
    ],
    [
      "extra data that is no function",
      ({ submitScore }) => [submitScore("TIME", () => 1, { extra: "x" })],
      "`extra` must be a function",
    ],
    [
      "when() without a function",
      ({ unlock }) => [(unlock("FIRST") as { when(p: unknown): unknown }).when(true)],
      "when() takes a function of the payload, not true",
    ],
    ["no array", ({ unlock }) => unlock("FIRST"), "must be answered as an array"],
    ["a promise", async () => [], "must be answered as an array"],
    ["something that is no rule", () => [{ id: "x" }], "entry 1 is an object; make it with this event's kit"],
  ])("%s", (_, make, message) => {
    expect(inMatchEnded(make)).toContain(message);
  });

  test("rules for an unknown event", () => {
    expect(refusal({ matchEnd: () => [] })).toBe(
      'Rules for "matchEnd": there is no such event. Did you mean "matchEnded"?',
    );
  });

  test("a rule of another event's kit", () => {
    let stray: unknown;
    const message = refusal({
      matchEnded: ({ unlock }: Kit) => [(stray = unlock("FIRST"))],
      kill: () => [stray],
    });
    expect(message).toContain('entry 1 is made by the kit of event "matchEnded"');
  });

  test.each([[[]], ["rules"], [null]])("a rule book that is %j", (rules) => {
    expect(refusal(rules)).toContain("`rules` must be an object of functions by event name");
  });

  test("rules of an event that are no function", () => {
    expect(refusal({ kill: [] })).toContain('The rules of event "kill" must be a function of the kit, not an array.');
  });

  test("a wrong definition", () => {
    expect(() => compileRules({ ...definition, achievements: { A: count(0) } })).toThrow(
      /Achievement "A": the target is 0/,
    );
  });
});
