import fc from "fast-check";
import { expect, it } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { ownerOf } from "../../src/store/fair-queue.ts";
import type { Firing, LaneEnd, LaneStore, LeasedLane } from "../../src/store/lane-store.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import {
  APP,
  best,
  bits,
  count,
  delivered,
  firing,
  forced,
  HOUR,
  journalOf,
  QUIET_MS,
  T0,
  unlock,
} from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

/** Two users and five targets come up, so that some reports find the stores full. */
const limits = { maxLanes: 7 };
const nextPath = temporaryFiles();

type Step =
  | { readonly type: "accept"; readonly reports: readonly (readonly Draft[])[] }
  | { readonly type: "lease"; readonly limit: number; readonly share: number | undefined }
  | { readonly type: "stage" | "stale"; readonly which: number; readonly wasLocked: boolean }
  | { readonly type: "end"; readonly which: number; readonly how: number; readonly ms: number }
  | { readonly type: "wake" | "forget" | "acknowledge" | "keepToken" | "dropToken"; readonly user: string }
  | { readonly type: "makeDue" | "takeOver" | "reopen" }
  | { readonly type: "requeue" | "discard"; readonly which: number }
  | { readonly type: "pass" | "purge" | "expire"; readonly ms: number };

interface Draft {
  readonly intent: Intent;
  readonly user: string;
  readonly delay: number;
  readonly occurrence: string | undefined;
  readonly digest: string;
}

const user = fc.constantFrom("1", "2");
const amount = fc.bigInt({ min: 1n, max: 50n });
const intent: fc.Arbitrary<Intent> = fc.oneof(
  amount.map((n) => count(n)),
  amount.map((n) => count(n, "KILLS")),
  amount.map((mask) => bits(mask)),
  amount.map((score) => best(score)),
  fc.constant(unlock("FIRST")),
  amount.map((score) => forced(score)),
);
const draft: fc.Arbitrary<Draft> = fc.record({
  intent,
  user,
  delay: fc.constantFrom(0, 100, 5_000),
  occurrence: fc.constantFrom(undefined, undefined, "", "a", "b"),
  digest: fc.constantFrom("", "x", "y"),
});
const which = fc.nat({ max: 5 });
const ms = fc.constantFrom(1, 100, 5_000, QUIET_MS, HOUR);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("accept" as const),
      reports: fc.array(fc.array(draft, { maxLength: 3 }), { maxLength: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("lease" as const),
      limit: fc.integer({ min: 1, max: 4 }),
      share: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constantFrom("stage", "stage", "stale"), which, wasLocked: fc.boolean() }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("end" as const), which, how: fc.nat({ max: 8 }), ms }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom("wake", "wake", "forget", "acknowledge", "keepToken", "dropToken"),
      user,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom("makeDue", "makeDue", "takeOver", "takeOver", "reopen") }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("requeue", "discard"), which }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom("pass", "pass", "pass", "purge", "expire"), ms }) },
);

/** One store under the same steps as the other; lease tokens are its own, everything it answers must be shared. */
class Driven {
  readonly store: LaneStore;
  readonly held: LeasedLane[] = [];
  #now = T0;
  #openings = 0;

  constructor(store: LaneStore) {
    this.store = store;
  }

  open(): Promise<unknown> {
    const incarnation = `incarnation-${++this.#openings}`;
    return this.store.open({ incarnation, now: this.#now, quietMs: QUIET_MS, poisonAfter: 2 });
  }

  async take(one: Step): Promise<unknown> {
    const { store } = this;
    switch (one.type) {
      case "accept":
        return store.accept(one.reports.map((report) => report.map((each) => this.#firing(each))));
      case "lease": {
        const out = new Map<string, number>();
        for (const { id } of this.held) out.set(ownerOf(id), (out.get(ownerOf(id)) ?? 0) + 1);
        const { limit, share } = one;
        const lanes = await store.lease(limit, this.#now, share === undefined ? undefined : { share, out });
        this.held.push(...lanes);
        return lanes.map(({ leaseToken: _, ...rest }) => rest);
      }
      case "stage":
        return this.#withHeld(one.which, (lane) => {
          const journal = journalOf(lane, { wasLocked: one.wasLocked });
          return store.stage([{ lane: lane.id, leaseToken: lane.leaseToken, journal }]);
        });
      case "stale":
        return this.#withHeld(one.which, (lane) => store.settle([this.#settlement(lane, delivered, "never-issued")]));
      case "end":
        return this.#withHeld(one.which, (lane) => {
          this.held.splice(this.held.indexOf(lane), 1);
          return store.settle([this.#settlement(lane, endOf(one.how, lane, this.#now + one.ms))]);
        });
      case "wake":
        return store.wake(APP, one.user, this.#now);
      case "forget":
        return store.forgetProgress(APP, one.user);
      case "acknowledge": {
        const [first] = await store.announcements(APP, one.user);
        return store.acknowledge(APP, one.user, first ? [first.id] : []);
      }
      case "keepToken":
        return store.keepToken(APP, one.user, `sealed-${this.#now}`, this.#now);
      case "dropToken":
        return store.dropToken(APP, one.user);
      case "makeDue":
        return store.makeDue(this.#now);
      case "reopen":
        await store.close();
        return this.open();
      case "takeOver":
        return this.open();
      case "requeue":
      case "discard": {
        const letters = await store.deadLetters();
        const id = letters[one.which % Math.max(1, letters.length)]?.id ?? 0;
        return one.type === "requeue" ? store.requeue(id, this.#now) : store.discard(id);
      }
      case "purge":
        return store.purge(this.#now - one.ms);
      case "expire":
        return store.expireParked(this.#now - one.ms, this.#now);
      case "pass":
        this.#now += one.ms;
        return undefined;
    }
  }

  async picture(): Promise<unknown> {
    const lanes = await this.store.inspect();
    const ends = lanes.map(({ id, seq }) =>
      Promise.all(Array.from({ length: seq }, (_, at) => this.store.ended(id, at + 1))),
    );
    const ofUser = (by: string) =>
      Promise.all([
        this.store.announcements(APP, by),
        this.store.sealedToken(APP, by),
        this.store.remembered({ app: APP, user: by }),
        this.store.remembered({ app: APP, user: by, match: "m" }),
      ]);
    return {
      users: [await ofUser("1"), await ofUser("2")],
      lanes,
      ends: await Promise.all(ends),
      owed: await this.store.owed(),
      nextDue: await this.store.nextDue(),
      dead: await this.store.deadLetters(),
    };
  }

  #firing({ intent: wanted, user: by, delay, occurrence, digest }: Draft): Firing {
    const details = { user: by, at: this.#now, dueAt: this.#now + delay };
    if (occurrence === undefined) return firing(wanted, details);
    const once = { match: "m", event: wanted.kind, occurrence, rule: wanted.target };
    return firing(wanted, { ...details, once, digest });
  }

  #withHeld(index: number, use: (lane: LeasedLane) => Promise<unknown>): Promise<unknown> | undefined {
    const lane = this.held[index % Math.max(1, this.held.length)];
    return lane && use(lane);
  }

  #settlement(lane: LeasedLane, end: LaneEnd, leaseToken: string = lane.leaseToken) {
    const attempt = { startedAt: this.#now, endedAt: this.#now + 1, status: "retryable", detail: end.type } as const;
    return { lane: lane.id, leaseToken, now: this.#now, end, ...(end.type !== "parked" && { attempt }) };
  }
}

function endOf(how: number, lane: LeasedLane, until: number): LaneEnd {
  const progress = { count: 9n, unlocked: false, at: until };
  const ends: readonly LaneEnd[] = [
    { type: "settled", how: "delivered", progress },
    { type: "settled", how: "suppressed" },
    { type: "released", reason: "no-answer", notBefore: until, failedAttempt: true, sentWhileLocked: true },
    { type: "released", reason: "rate-limited", notBefore: until, failedAttempt: false, progress },
    { type: "in-doubt", journal: journalOf(lane, { unchangedReads: 1 }), dueAt: until },
    { type: "parked" },
    { type: "dead", reason: "refused-user", maybeApplied: false, forgetProgress: true },
    { type: "settled", how: "delivered", progress, announce: true },
    { type: "released", reason: "reset-seen", notBefore: until, failedAttempt: true, newEpoch: true },
  ];
  return ends[how % ends.length] as LaneEnd;
}

it(
  "memory and SQLite answer the same steps alike, through take-overs and reopened files",
  { timeout: 60_000 },
  async () => {
    const steps = fc.array(step, { minLength: 30, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const [memory, sqlite] = [new Driven(memoryStore(limits)), new Driven(sqliteStore(nextPath(), limits))];
        try {
          expect(await sqlite.open()).toEqual(await memory.open());
          for (const one of taken) {
            expect(await sqlite.take(one)).toEqual(await memory.take(one));
          }
          expect(await sqlite.picture()).toEqual(await memory.picture());
        } finally {
          // Whoever looks for the shortest steps that disagree opens hundreds of stores, each with a thread of its own.
          await sqlite.store.close();
        }
      }),
      { numRuns: 15 },
    );
  },
);
