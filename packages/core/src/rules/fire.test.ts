import { describe, expect, test } from "vitest";
import { z } from "zod";
import { bitfield, board, count, simple } from "../catalogue/definitions.ts";
import { each, oncePerMatch } from "../catalogue/events.ts";
import { compileRules } from "./compile-rules.ts";
import { fire, type RuleFinding } from "./fire.ts";

interface Ended {
  readonly won?: boolean;
  readonly n?: unknown;
  readonly score?: unknown;
  readonly extra?: unknown;
  readonly bits?: unknown;
}

const catalogue = {
  events: { ended: oncePerMatch<Ended>(), strict: each(z.object({ n: z.number().default(1) })) },
  achievements: { FIRST: simple(), WINS: count(100), MAPS: bitfield(70, { target: 7 }) },
  leaderboards: {
    TIME: board({ sort: "lower-is-better", writes: "server" }),
    PAR: board({ sort: "lower-is-better", writes: "server", negativeScores: true }),
  },
};

const rules = compileRules({
  ...catalogue,
  rules: {
    ended: ({ unlock, addCount, addBits, submitScore }) => [
      unlock("FIRST").when((e) => e.won === true),
      addCount("WINS", (e) => e.n as number),
      addBits("MAPS", (e) => e.bits as number[]),
      submitScore("TIME", (e) => e.score as number, { extra: (e) => e.extra as string }),
      submitScore("PAR", (e) => e.score as number, { force: true }),
    ],
    strict: ({ addCount }) => [addCount("WINS", (e) => e.n)],
  },
});

function findings(payload: Ended): Record<string, RuleFinding> {
  const fired = fire(rules, "ended", payload);
  if (fired.status === "refused") throw new Error(fired.reason);
  expect(fired.findings.map(({ rule }) => rule)).toEqual([
    "ended/unlock/FIRST",
    "ended/addCount/WINS",
    "ended/addBits/MAPS",
    "ended/submitScore/TIME",
    "ended/submitScore/PAR",
  ]);
  return Object.fromEntries(fired.findings.map((finding) => [finding.target, finding]));
}

const good: Ended = { won: true, n: 2, score: 81_250, extra: "hi", bits: [0, 69] };

test("each rule that fires gives its intent", () => {
  const found = findings(good);
  expect(found["FIRST"]).toMatchObject({ fires: true, intent: { kind: "unlock", target: "FIRST" }, mayWait: false });
  expect(found["WINS"]).toMatchObject({ fires: true, intent: { kind: "addCount", target: "WINS", n: 2n } });
  expect(found["MAPS"]).toMatchObject({
    intent: { kind: "addBits", target: "MAPS", bits: 1n + 2n ** 69n, length: 70 },
  });
  expect(found["TIME"]).toMatchObject({
    intent: { kind: "submitScore", target: "TIME", entry: { score: 81_250n, extra: "aGk=" }, force: false },
  });
  expect(found["PAR"]).toMatchObject({ intent: { kind: "submitScore", entry: { score: 81_250n }, force: true } });
});

test("a predicate that says no is no mistake", () => {
  const found = findings({ ...good, won: false });
  expect(found["FIRST"]).toMatchObject({ fires: false, why: "predicate", message: "its when() says no" });
  expect(found["WINS"]).toMatchObject({ fires: true });
});

test("nothing to add is no mistake either", () => {
  const found = findings({ ...good, n: 0, bits: [] });
  expect(found["WINS"]).toMatchObject({ fires: false, why: "nothing" });
  expect(found["MAPS"]).toMatchObject({ fires: false, why: "nothing" });
});

describe("a mistake concerns its own rule only", () => {
  test.each<[Ended, string, string]>([
    [{ n: -1 }, "WINS", "the count is -1; counters only go up"],
    [{ n: -1n }, "WINS", "the count is -1; counters only go up"],
    [{ n: 1.5 }, "WINS", "the count is 1.5; it must be a whole number"],
    [{ n: Number.NaN }, "WINS", "the count is NaN; it must be a whole number"],
    [{ n: Number.POSITIVE_INFINITY }, "WINS", "the count is Infinity; it must be a whole number"],
    [{ n: 2 ** 53 }, "WINS", "the count is 9007199254740992, which a number does not hold exactly; give a bigint"],
    [{ n: 2n ** 63n }, "WINS", "the count is 9223372036854775808, above 2^63-1"],
    [{ n: "2" }, "WINS", 'the count is "2"; it must be a whole number'],
    [{ n: undefined }, "WINS", "the count is undefined; it must be a whole number"],
    [{ bits: [70] }, "MAPS", "bit 70 is no position from 0 to 69"],
    [{ bits: [-1] }, "MAPS", "bit -1 is no position from 0 to 69"],
    [{ bits: [0.5] }, "MAPS", "bit 0.5 is no position from 0 to 69"],
    [{ bits: ["1"] }, "MAPS", 'bit "1" is no position from 0 to 69'],
    [{ bits: 3 }, "MAPS", "the bits are 3; give an array of positions"],
    [{ score: 0.1 }, "TIME", "the score is 0.1; it must be a whole number"],
    [{ score: 2n ** 63n }, "TIME", "the score is 9223372036854775808, outside 64 bits (-2^63 to 2^63-1)"],
    [{ score: -1 }, "TIME", "the score is -1; if scores below zero are meant, say board({ negativeScores: true })"],
    [{ score: -(2n ** 63n) - 1n }, "PAR", "the score is -9223372036854775809, outside 64 bits (-2^63 to 2^63-1)"],
    [{ extra: new Uint8Array(2049) }, "TIME", "the extra data has 2049 bytes; at most 2048 are allowed"],
    [{ extra: "é".repeat(1025) }, "TIME", "the extra data has 2050 bytes; at most 2048 are allowed"],
    [{ extra: 7 }, "TIME", "the extra data is 7; give bytes (Uint8Array) or text"],
  ])("%o", (wrong, target, message) => {
    const found = findings({ ...good, ...wrong });
    expect(found[target]).toMatchObject({ fires: false, why: "invalid", message });
    expect(found["FIRST"]).toMatchObject({ fires: true });
  });

  test("an asynchronous amount, whose rejection ends nothing", () => {
    expect(findings({ ...good, n: Promise.reject(new Error("late")) })["WINS"]).toMatchObject({
      fires: false,
      why: "invalid",
      message: "the count is a promise (rules answer at once); it must be a whole number",
    });
    expect(findings({ ...good, extra: Promise.reject(new Error("late")) })["TIME"]).toMatchObject({ why: "invalid" });
  });

  test("functions that throw, whatever they throw", () => {
    const hostile = {
      toString: () => {
        throw new Error("no text");
      },
    };
    const thrown = [new Error("broken\nrule"), "text", undefined, hostile];
    const throwing = compileRules({
      ...catalogue,
      rules: {
        ended: ({ unlock, addCount }) => [
          ...thrown.map((error, index) =>
            unlock("FIRST")
              .named(`${index}`)
              .when(() => {
                throw error;
              }),
          ),
          addCount("WINS", () => {
            throw new RangeError("too far");
          }),
          unlock("FIRST").named("fine"),
        ],
      },
    });
    expect(fire(throwing, "ended", {})).toMatchObject({
      findings: [
        { why: "invalid", message: "its when() threw: Error: broken rule" },
        { why: "invalid", message: "its when() threw: text" },
        { why: "invalid", message: "its when() threw: undefined" },
        { why: "invalid", message: "its when() threw: something unprintable" },
        { why: "invalid", message: "the function given to addCount() threw: RangeError: too far" },
        { fires: true, rule: "fine" },
      ],
    });
  });

  test("an asynchronous predicate, which would always be true", () => {
    const async = compileRules({
      ...catalogue,
      rules: { ended: ({ unlock }) => [unlock("FIRST").when((async () => false) as never)] },
    });
    expect(fire(async, "ended", {})).toMatchObject({
      findings: [{ fires: false, why: "invalid", message: "its when() is asynchronous; rules answer at once" }],
    });
  });
});

describe("limits that are still fine", () => {
  test.each<[Ended, string, object]>([
    [{ n: 2n ** 63n - 1n }, "WINS", { n: 2n ** 63n - 1n }],
    [{ n: 2 ** 53 - 1 }, "WINS", { n: 2n ** 53n - 1n }],
    [{ score: 0 }, "TIME", { entry: { score: 0n } }],
    [{ score: -4 }, "PAR", { entry: { score: -4n } }],
    [{ score: -(2n ** 63n) }, "PAR", { entry: { score: -(2n ** 63n) } }],
    [{ extra: new Uint8Array([251, 255]) }, "TIME", { entry: { extra: "+/8=" } }],
    [{ extra: "x".repeat(2048) }, "TIME", { entry: { extra: `${"eHh4".repeat(682)}eHg=` } }],
    [{ bits: [3, 3] }, "MAPS", { bits: 8n }],
  ])("%o", (fine, target, intent) => {
    expect(findings({ ...good, ...fine })[target]).toMatchObject({ fires: true, intent });
  });

  test.each([undefined, "", new Uint8Array()])("no extra data: %j", (extra) => {
    expect(findings({ ...good, extra })["TIME"]).toMatchObject({ intent: { entry: { score: 81_250n } } });
    expect(findings({ ...good, extra })["TIME"]).not.toHaveProperty("intent.entry.extra");
  });
});

test("several predicates must all say yes, and a later one is not asked after a no", () => {
  const asked: string[] = [];
  const chained = compileRules({
    ...catalogue,
    rules: {
      ended: ({ unlock }) => [
        unlock("FIRST")
          .when(() => asked.push("first") > 1)
          .when(() => asked.push("second") > 0),
      ],
    },
  });
  expect(fire(chained, "ended", {})).toMatchObject({ findings: [{ fires: false, why: "predicate" }] });
  expect(asked).toEqual(["first"]);
  expect(fire(chained, "ended", {})).toMatchObject({ findings: [{ fires: true }] });
});

describe("a report that no rule can answer", () => {
  test("an unknown event", () => {
    expect(fire(rules, "endde", {})).toEqual({
      status: "refused",
      event: "endde",
      reason: 'There is no event "endde". Did you mean "ended"?',
    });
    expect(fire(rules, undefined as never, {})).toMatchObject({ status: "refused" });
  });

  test("a payload that the schema refuses", () => {
    const fired = fire(rules, "strict", { n: "many" });
    expect(fired).toMatchObject({ status: "refused" });
    expect(fired).toHaveProperty(
      "reason",
      expect.stringMatching(/^Event "strict": its schema refuses the payload: n: .+number/),
    );
  });

  test("rules see what the schema puts out", () => {
    expect(fire(rules, "strict", {})).toMatchObject({
      status: "fired",
      findings: [{ intent: { n: 1n }, mayWait: true }],
    });
  });

  test("an asynchronous schema, whose rejection ends nothing", () => {
    const validate = () => Promise.reject(new Error("database away"));
    const later = compileRules({
      events: { e: each<string>({ "~standard": { version: 1, vendor: "own", validate } }) },
      achievements: {},
    });
    expect(fire(later, "e", "x")).toHaveProperty("reason", expect.stringContaining("schema is asynchronous"));
  });

  test("a schema that throws", () => {
    const validate = () => {
      throw new Error("broken schema");
    };
    const throwing = compileRules({
      events: { e: each({ "~standard": { version: 1, vendor: "own", validate } }) },
      achievements: {},
    });
    expect(fire(throwing, "e", {})).toHaveProperty("reason", 'Event "e": its schema threw: Error: broken schema.');
  });
});
