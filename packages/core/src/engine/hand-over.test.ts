import { expect, it } from "vitest";
import { QuestlineError } from "../errors/questline-error.ts";
import type { Firing, ReportAcceptance } from "../store/lane-store.ts";
import { handOver } from "./hand-over.ts";

const key = { app: "1", user: "7", target: { type: "achievement", name: "WINS" } } as const;
const value = { type: "achievement", unlock: false, count: 1n, bits: 0n, bitLength: 0 } as unknown as Firing["value"];
const plain: Firing = { key, value, at: 0, dueAt: 0 };
const identified = (match: string): Firing => ({
  ...plain,
  once: { match, event: "matchEnded", occurrence: "", rule: "wins" },
});
const taken = (seq: number): ReportAcceptance => ({
  status: "taken",
  firings: [{ status: "accepted", seq, merged: false }],
});
const lost = new QuestlineError("ambiguous", "The thread ended before it answered.");

/** Answers each time as told, and remembers which matches were handed over. */
function threads(...answers: (Error | readonly ReportAcceptance[])[]) {
  const asked: (string | undefined)[][] = [];
  const accept = (reports: readonly (readonly Firing[])[]): Promise<readonly ReportAcceptance[]> => {
    asked.push(reports.map(([firing]) => firing?.once?.match));
    const answer = answers.shift() ?? new Error("asked too often");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { asked, accept };
}

it("hands on what once keys let count only once, in order, and refuses the rest without asking again", async () => {
  const { asked, accept } = threads(lost, [taken(4), taken(5)]);
  const answers = await handOver([[identified("a")], [plain], [identified("b")], [identified("c"), plain]], accept);
  expect(asked).toEqual([
    ["a", undefined, "b", "c"],
    ["a", "b"],
  ]);
  expect(answers).toMatchObject([
    taken(4),
    { status: "refused", reason: "unanswered" },
    taken(5),
    { status: "refused", reason: "unanswered" },
  ]);
});

it("hands nothing to a third thread", async () => {
  const { asked, accept } = threads(lost, lost);
  expect(await handOver([[identified("a")]], accept)).toMatchObject([{ status: "refused", reason: "unanswered" }]);
  expect(asked).toHaveLength(2);
});

it("leaves every other failure as it is", async () => {
  const full = new QuestlineError("store_unusable", "The disk is full.");
  await expect(handOver([[identified("a")]], threads(full).accept)).rejects.toBe(full);
  await expect(handOver([[identified("a")]], threads(lost, full).accept)).rejects.toBe(full);
});
