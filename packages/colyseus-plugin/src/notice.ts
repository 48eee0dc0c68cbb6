import type { Achievements, SettledOutcome } from "@questline/core";
import { z } from "zod";
import { DELAYED, PROGRESS, RECORDED, UNLOCKED, type QuestlineMessages } from "./messages.ts";

/** Something for a player to know, with its message type. */
export type Notice = {
  [K in Exclude<keyof QuestlineMessages, "questline:token">]: {
    readonly type: K;
    readonly payload: QuestlineMessages[K];
  };
}[Exclude<keyof QuestlineMessages, "questline:token">];

const id = z.string();

/** A notice that another process sent. What is not of it is left out. */
export const noticeSchema: z.ZodType<Notice> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal(UNLOCKED),
    payload: z.object({ id, achievement: z.string(), at: z.number() }),
  }),
  z.object({
    type: z.literal(PROGRESS),
    payload: z.object({
      id,
      achievement: z.string(),
      count: z.string().exactOptional(),
      bits: z.string().exactOptional(),
      target: z.string(),
    }),
  }),
  z.object({
    type: z.literal(RECORDED),
    payload: z.object({
      id,
      leaderboard: z.string(),
      score: z.string(),
      improved: z.union([z.boolean(), z.literal("unknown")]),
    }),
  }),
  z.object({
    type: z.literal(DELAYED),
    payload: z.object({
      reason: z.enum(["token", "platform", "queue"]).exactOptional(),
      waiting: z.array(z.string()),
    }),
  }),
]);

/** What the outcome means for its player: nothing, or one notice. */
export function noticeOf(outcome: SettledOutcome, achievements: Achievements): Notice | undefined {
  const { id, target, status, unlocked, score, improved, progress, at } = outcome;
  const { name } = target;
  if (target.type === "achievement") {
    if (unlocked) return { type: UNLOCKED, payload: { id, achievement: name, at } };
    const definition = achievements[name];
    if (progress === undefined || definition === undefined || definition.type === "simple") return undefined;
    const reached = "count" in progress ? { count: progress.count.toString() } : { bits: progress.bits };
    return { type: PROGRESS, payload: { id, achievement: name, ...reached, target: definition.target.toString() } };
  }
  if (status !== "delivered" || score === undefined) return undefined;
  const payload = { id, leaderboard: name, score: score.toString(), improved: improved ?? "unknown" } as const;
  return { type: RECORDED, payload };
}
