import { expect, test } from "vitest";
import { createGovernor } from "../resilience/governor.ts";
import type { Reason } from "../intent/outcome.ts";
import { silentLogger } from "../runtime/log.ts";
import { manualClock } from "../runtime/manual-clock.ts";
import { seededRandom } from "../runtime/random.ts";
import type { Journal, LeasedLane } from "../store/lane-store.ts";
import { attempt } from "./attempt.ts";
import type { AttemptParts } from "./attempt-parts.ts";
import { newCounters } from "./counters.ts";
import { deliveryPolicy } from "./policy.ts";

const NOW = 1_700_000_000_000;
const user = "10100000000000001";

/** What an attempt works with while the whole app is paused; the platform may be asked for a row, and nothing else. */
async function pausedApp(): Promise<AttemptParts> {
  const clock = manualClock(NOW);
  const governor = createGovernor<Reason>({ clock, random: seededRandom(1), limit: 4 });
  const permit = await governor.acquire({ kind: "write", asked: "somebody" });
  permit?.end({ is: "refused", reason: "rate-limited", limit: true, afterMs: 60_000 });
  const never = (): never => {
    throw new Error("nothing may be sent");
  };
  return {
    platform: { deliver: never, readProgress: never, definitions: () => ({ achievement: () => undefined }) },
    book: {
      prepare: never,
      lastSeen: () => undefined,
      isForgotten: () => false,
      readOne: async () => ({ status: "unread", reason: "rate-limited", unsentUntil: NOW + 60_000 }),
    },
    stage: never,
    governor,
    policy: deliveryPolicy(),
    clock,
    random: seededRandom(1),
    logger: silentLogger,
    counters: newCounters(),
    signal: new AbortController().signal,
    onTokenWanted: never,
  } as unknown as AttemptParts;
}

const lane: LeasedLane = {
  id: `1\n${user}\na\nKILLS`,
  key: { app: "1", user, target: { type: "achievement", name: "KILLS" } },
  leaseToken: "t",
  value: { type: "achievement", unlock: false, count: 3n, bits: 0n, bitLength: 0, keepsCounting: false },
  fromSeq: 1,
  toSeq: 1,
  attempts: 0,
  oldestAt: NOW,
  sentWhileLocked: false,
  epoch: 0,
  lostLeases: 0,
  alone: false,
  forgetsAtEnd: false,
};
const journal: Journal = { n: 3n, count: 4n, wasLocked: true, epoch: 0, unchangedReads: 0, inDoubtSince: NOW };

test("a lane that was leased as the app was paused waits with its value, and no try is counted", async () => {
  const parts = await pausedApp();
  expect(await attempt(lane, parts)).toEqual({
    end: { type: "released", reason: "rate-limited", notBefore: parts.clock.now() + 60_000, failedAttempt: false },
  });
});

test("a count in doubt keeps its journal through a pause of the app: closed, it would be sent twice", async () => {
  const conclusion = await attempt({ ...lane, journal }, await pausedApp());
  expect(conclusion).toEqual({ end: { type: "in-doubt", journal, dueAt: NOW + 60_000 } });
});
