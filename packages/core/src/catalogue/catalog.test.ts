import { describe, expect, test } from "vitest";
import { QuestlineError } from "../errors/questline-error.ts";
import { defineCatalog } from "./catalog.ts";
import { bitfield, board, count, simple } from "./definitions.ts";
import { each, oncePerMatch } from "./events.ts";

const wins = { achievements: { WINS: count(100) }, events: { won: oncePerMatch() } };

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The message a plain JavaScript caller gets. */
function refusal(parts: object): string {
  const error = caught(() => defineCatalog({ ...wins, ...parts } as never));
  expect(error).toBeInstanceOf(QuestlineError);
  expect(error).toHaveProperty("code", "bad_input");
  return (error as QuestlineError).message;
}

describe("defineCatalog", () => {
  test("keeps plain data, frozen", () => {
    const catalog = defineCatalog({
      ...wins,
      achievements: {
        FIRST: simple(),
        WINS: count(3, { continueAfterUnlock: true }),
        MAPS: bitfield(7, { target: 5 }),
      },
      leaderboards: { TIME: board({ sort: "lower-is-better", writes: "client" }) },
    });
    expect(catalog.achievements).toEqual({
      FIRST: { type: "simple" },
      WINS: { type: "count", target: 3, continueAfterUnlock: true },
      MAPS: { type: "bitfield", length: 7, target: 5 },
    });
    expect(catalog.leaderboards).toEqual({ TIME: { sort: "lower-is-better", writes: "client" } });
    expect(catalog.events).toEqual({ won: { occurs: "once-per-match" } });
    for (const part of [catalog, ...Object.values(catalog), ...Object.values(catalog.achievements)]) {
      expect(part).toSatisfy(Object.isFrozen);
    }
  });

  test("has no leaderboards unless given", () => {
    expect(defineCatalog(wins).leaderboards).toEqual({});
  });

  test.each([[1], [2 ** 53 - 1], [2n ** 63n - 1n], [1n]])("takes a count target of %s", (target) => {
    expect(defineCatalog({ ...wins, achievements: { A: count(target) } }).achievements.A.target).toBe(target);
  });

  test.each([0, -1, 1.5, Number.NaN, 0n, 2n ** 63n, "100", undefined])("refuses a count target of %s", (target) => {
    const message = refusal({ achievements: { KILLS: { type: "count", target } } });
    expect(message).toMatch(
      /^Achievement "KILLS": the target is .+; it must be a whole number from 1 to 9223372036854775807\.$/,
    );
  });

  test("asks for a bigint where a number has lost digits", () => {
    expect(refusal({ achievements: { KILLS: count(2 ** 60) } })).toContain("pass a bigint");
  });

  test.each([
    [bitfield(7, { target: 8 }), "the target is 8; it must be a whole number from 1 to 7, the number of its bits"],
    [bitfield(7, { target: 0 }), "the target is 0"],
    [bitfield(0, { target: 1 }), "the length is 0; it must be a whole number from 1 to 1024"],
    [bitfield(1025, { target: 1 }), "the length is 1025"],
    [{ type: "counter", target: 1 }, 'the type is "counter"; make it with simple(), count() or bitfield()'],
    [{ type: "simple", policy: "anyone" }, '`policy` is "anyone"; it must be "server" or "client"'],
    [{ type: "count", target: 1, continueAfterUnlock: "yes" }, '`continueAfterUnlock` is "yes"'],
    [undefined, "must be made with simple(), count() or bitfield(), not be undefined"],
  ])("refuses the achievement %o", (definition, message) => {
    const text = refusal({ achievements: { MAPS: definition } });
    expect(text).toContain('Achievement "MAPS"');
    expect(text).toContain(message);
  });

  test.each([
    ["", "is empty"],
    ["  ", "is empty"],
    ["A\nB", "holds a line break or control character"],
    ["A\u0000", "holds a line break or control character"],
    ["A\u2028B", "holds a line break or control character"],
    ["\ud800", "holds a line break or control character"],
    ["x".repeat(101), "has 101 characters; at most 100 are allowed"],
  ])("refuses the name %j, whatever it names", (name, problem) => {
    expect(refusal({ achievements: { [name]: simple() } })).toContain(problem);
    expect(refusal({ events: { [name]: each() } })).toContain(problem);
    expect(refusal({ leaderboards: { [name]: board({ sort: "higher-is-better", writes: "server" }) } })).toContain(
      problem,
    );
  });

  test.each([
    [
      { leaderboards: { TIME: { sort: "ascending", writes: "server" } } },
      'Leaderboard "TIME": `sort` is "ascending"; it must be "higher-is-better" or "lower-is-better"',
    ],
    [{ leaderboards: { TIME: { sort: "lower-is-better" } } }, "`writes` is undefined"],
    [
      { events: { won: { occurs: "sometimes" } } },
      'Event "won": `occurs` is "sometimes"; make the event with oncePerMatch() or each()',
    ],
    [{ events: { won: each({} as never) } }, 'Event "won": the schema does not speak Standard Schema v1'],
    [{ events: undefined }, "`events` must be an object of definitions by name, not undefined"],
    [{ achievements: [] }, "`achievements` must be an object of definitions by name, not an array"],
  ])("refuses %o", (parts, message) => {
    expect(refusal(parts)).toContain(message);
  });
});
