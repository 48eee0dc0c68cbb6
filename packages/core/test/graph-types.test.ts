import { expectTypeOf, test } from "vitest";
import type { AppCredentialsError } from "../src/errors/refused-errors.ts";
import type { EntryQuery } from "../src/graph/leaderboard-entries.ts";
import type { ScoreSubmission } from "../src/graph/leaderboards.ts";

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
