import { expect, test } from "vitest";
import { DefinitionsBook, followDefinitions } from "./platform-definitions.ts";
import type { PlatformDefinitions } from "./platform-definitions.ts";
import { manualClock } from "./runtime/manual-clock.ts";
import { seededRandom } from "./runtime/random.ts";

const board = { apiName: "BEST", sort: "lower-is-better" };
const achievement = { apiName: "WIN", type: "simple" };

/** Follows definitions of which each part answers or fails as told. */
function scene(parts: { achievements: () => Promise<unknown>; leaderboards: () => Promise<unknown> }) {
  const clock = manualClock();
  const told: PlatformDefinitions[] = [];
  const warned: string[] = [];
  const closing = new AbortController();
  const logger = { debug: () => undefined, info: () => undefined, error: () => undefined };
  followDefinitions(
    {
      graph: { achievements: { definitions: parts.achievements }, leaderboards: { list: parts.leaderboards } } as never,
      clock,
      random: seededRandom(1),
      logger: { ...logger, warn: (_fields, message) => void warned.push(message) },
      signal: closing.signal,
    },
    (known) => void told.push(known),
  );
  return { clock, told, warned, closing };
}

test("are told once both parts are there", async () => {
  const { clock, told } = scene({ achievements: async () => [achievement], leaderboards: async () => [board] });
  await clock.advance(0);
  expect(told).toHaveLength(1);
  expect([told[0]?.achievements?.size, told[0]?.leaderboards?.size]).toEqual([1, 1]);
  await clock.advance(60_000);
  expect(told).toHaveLength(1);
});

test("a list of leaderboards that cannot be had holds achievements up for a few seconds at the most", async () => {
  let isDown = true;
  const { clock, told, warned } = scene({
    achievements: async () => [achievement],
    leaderboards: async () => (isDown ? Promise.reject(new Error("HTTP 500")) : [board]),
  });
  await clock.advance(2_999);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toMatchObject([{ leaderboards: undefined }]);
  expect(told[0]?.achievements?.size).toBe(1);
  expect(warned.at(-1)).toContain("the catalogue is taken at its word");
  isDown = false;
  await clock.advance(60_000);
  expect(told).toHaveLength(2);
  expect(told[1]?.leaderboards?.size).toBe(1);
});

test("nothing is told any more once everything closes", async () => {
  const { clock, told, closing } = scene({
    achievements: () => Promise.reject(new Error("HTTP 500")),
    leaderboards: () => Promise.reject(new Error("HTTP 500")),
  });
  await clock.advance(10);
  closing.abort();
  await clock.advance(60_000);
  expect(told).toEqual([]);
});

test("the platform's word replaces the catalogue's as it becomes known", async () => {
  const book = new DefinitionsBook({
    achievements: { KILLS: { type: "count", target: 10 } },
    leaderboards: { BEST: { sort: "higher-is-better", writes: "server" } },
  } as never);
  expect(book.current.board("BEST").sort).toBe("higher-is-better");
  book.learn({ achievements: undefined, leaderboards: new Map([["BEST", board as never]]) });
  await book.known;
  expect(book.current.board("BEST").sort).toBe("lower-is-better");
  expect(book.current.achievement("WIN")).toBeUndefined();
  expect(book.current.achievement("KILLS")).toEqual({ archived: false, target: 10n });
});
