import { expectTypeOf, test } from "vitest";
import type { AppCredentialsError } from "../src/errors/refused-errors.ts";
import type { EntryQuery } from "../src/graph/leaderboard-entries.ts";
import type { AchievementToDefine } from "../src/graph/achievement-definitions.ts";
import type { Device } from "../src/graph/device-bans.ts";
import type { GraphCalls } from "../src/graph/graph-client.ts";
import type { ScoreSubmission } from "../src/graph/leaderboards.ts";
import type { Buyer } from "../src/graph/purchases.ts";
import type { Owner, SubscriptionQuery } from "../src/graph/subscriptions.ts";

interface Score {
  apiName: string;
  score: bigint;
}

test("a score is for a user id or with a user token, never both or neither", () => {
  expectTypeOf<Score & { userId: string }>().toExtend<ScoreSubmission>();
  expectTypeOf<Score & { userToken: string }>().toExtend<ScoreSubmission>();
  expectTypeOf<Score & { userId: string; userToken: string }>().not.toExtend<ScoreSubmission>();
  expectTypeOf<Score>().not.toExtend<ScoreSubmission>();
});

test("a viewer's place and friends need a user token", () => {
  expectTypeOf<{ apiName: string; startAt: "viewer"; userToken: string }>().toExtend<EntryQuery>();
  expectTypeOf<{ apiName: string; filter: "friends"; userToken: string }>().toExtend<EntryQuery>();
  expectTypeOf<{ apiName: string; startAt: "viewer" }>().not.toExtend<EntryQuery>();
  expectTypeOf<{ apiName: string; filter: "friends" }>().not.toExtend<EntryQuery>();
  expectTypeOf<{ apiName: string; startAt: "top"; userIds: string[] }>().toExtend<EntryQuery>();
});

test("an error's class fixes its code", () => {
  expectTypeOf<AppCredentialsError["code"]>().toEqualTypeOf<"app_credentials">();
});

test("a definition has what its type needs, and only that", () => {
  type Named = { apiName: string; title: string; description: string; writes: "server" };
  expectTypeOf<Named & { type: "simple" }>().toExtend<AchievementToDefine>();
  expectTypeOf<Named & { type: "count" }>().not.toExtend<AchievementToDefine>();
  expectTypeOf<Named & { type: "count"; target: number }>().toExtend<AchievementToDefine>();
  expectTypeOf<Named & { type: "bitfield"; target: number }>().not.toExtend<AchievementToDefine>();
});

test("purchases are of a named user or of a token's", () => {
  expectTypeOf<{ userId: string }>().toExtend<Buyer>();
  expectTypeOf<{ userToken: string }>().toExtend<Buyer>();
  expectTypeOf<{ sku: string }>().not.toExtend<Buyer>();
});

test("an owner is named with the app token only, in one way", () => {
  expectTypeOf<{ ownerId: string }>().toExtend<SubscriptionQuery>();
  expectTypeOf<{ userToken: string }>().toExtend<SubscriptionQuery>();
  expectTypeOf<{ ownerId: string; userToken: string }>().not.toExtend<SubscriptionQuery>();
  expectTypeOf<{ ownerId: string; ownerAlias: string }>().not.toExtend<Owner>();
  expectTypeOf<{ sku: string }>().not.toExtend<Owner>();
});

test("a device is known by one id", () => {
  expectTypeOf<{ uniqueId: string }>().toExtend<Device>();
  expectTypeOf<{ banId: string; uniqueId: string }>().not.toExtend<Device>();
});

test("what needs a user token cannot be called without one", () => {
  expectTypeOf<Parameters<GraphCalls["users"]["me"]>[0]>().not.toExtend<undefined>();
  expectTypeOf<Parameters<GraphCalls["federatedUsers"]["me"]>[0]>().not.toExtend<undefined>();
});
