import { expect, test, vi } from "vitest";
import { MOST_WAITING_READS, RankDesk, type EntryReads } from "./rank-desk.ts";

/** Boards that answer when the test says so. */
function slowBoards(): { boards: EntryReads; asked: string[]; answerNext(): void } {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const entries = async function* ({ userIds = [] }: { readonly userIds?: readonly string[] }) {
    const [userId = ""] = userIds;
    asked.push(userId);
    await new Promise<void>((resolve) => waiting.push(resolve));
    yield { userId, rank: Number(userId) };
  };
  return { boards: { entries } as unknown as EntryReads, asked, answerNext: () => waiting.shift()?.() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("reads four at a time, in the order they came", async () => {
  const { boards, asked, answerNext } = slowBoards();
  const desk = new RankDesk(boards);
  const ranks = Promise.all(["1", "2", "3", "4", "5", "6"].map((user) => desk.rankOf(user, "HIGH_SCORE")));
  await turn();
  expect(asked).toEqual(["1", "2", "3", "4"]);
  for (let n = 0; n < 6; n++) {
    answerNext();
    await turn();
  }
  expect(asked).toEqual(["1", "2", "3", "4", "5", "6"]);
  expect(await ranks).toEqual([1, 2, 3, 4, 5, 6]);
});

test("does without a rank where too many wait, and goes on when they are through", async () => {
  const { boards, answerNext } = slowBoards();
  const desk = new RankDesk(boards);
  for (let n = 0; n < MOST_WAITING_READS + 4; n++) void desk.rankOf("1", "HIGH_SCORE");
  expect(await desk.rankOf("7", "HIGH_SCORE")).toBeUndefined();
  for (let n = 0; n < MOST_WAITING_READS + 4; n++) {
    answerNext();
    await turn();
  }
  const next = desk.rankOf("8", "HIGH_SCORE");
  await turn();
  answerNext();
  expect(await next).toBe(8);
});

test("gives its turn on after a read that failed", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  let asked = 0;
  const desk = new RankDesk({
    entries: () => {
      asked++;
      throw new Error("closed");
    },
  });
  const ranks = Array.from({ length: 10 }, () => desk.rankOf("1", "HIGH_SCORE"));
  expect(await Promise.all(ranks)).toEqual(Array.from({ length: 10 }));
  expect(asked).toBe(10);
  expect(warned).toHaveBeenCalledTimes(10);
  warned.mockRestore();
});
