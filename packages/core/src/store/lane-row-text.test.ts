import fc from "fast-check";
import { expect, it } from "vitest";
import { laneId } from "../intent/intent.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import { deadLetterText, laneRowText, readDeadLetter, readLaneRow } from "./lane-row-text.ts";
import type { InFlight, LanePhase, LaneRow } from "./lane-row.ts";
import type { AttemptRecord, Progress } from "./lane-records.ts";
import type { Journal } from "./lane-store.ts";
import { packFiring, unpackFiring } from "./packed-firing.ts";
import { UnreadableRow } from "./stored-fields.ts";

const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
const time = fc.nat({ max: 2 ** 42 });
const text = fc.string({ unit: "binary", maxLength: 20 });
const maybe = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: undefined });
const entry = fc.oneof(fc.record({ score: integer }), fc.record({ score: integer, extra: fc.base64String() }));
const value: fc.Arbitrary<LaneValue> = fc.oneof(
  fc.record({ type: fc.constant("score" as const), forced: fc.boolean(), highest: entry, lowest: entry }),
  fc.record({
    type: fc.constant("achievement" as const),
    unlock: fc.boolean(),
    count: integer,
    bits: integer,
    bitLength: fc.nat({ max: 64 }),
    keepsCounting: fc.boolean(),
  }),
);
const progress: fc.Arbitrary<Progress> = fc.record({ count: integer, unlocked: fc.boolean(), at: time });
const journal: fc.Arbitrary<Journal> = fc.record(
  {
    n: integer,
    count: integer,
    wasLocked: fc.boolean(),
    epoch: fc.nat(),
    unchangedReads: fc.nat(),
    failedReads: fc.nat(),
    inDoubtSince: time,
  },
  { requiredKeys: ["n", "count", "wasLocked", "epoch", "unchangedReads"] },
);
const attempt: fc.Arbitrary<AttemptRecord> = fc.record(
  {
    startedAt: time,
    endedAt: time,
    status: fc.constantFrom("delivered", "ambiguous"),
    reason: fc.constantFrom("no-answer"),
    detail: text,
  },
  { requiredKeys: ["startedAt", "endedAt", "status"] },
);
const history = fc.array(attempt, { maxLength: 20 });
const waiting = { value, oldestAt: time, dueAt: time, order: fc.nat(), forcedOrder: fc.nat() };
const inFlight: fc.Arbitrary<InFlight> = fc.record({ ...waiting, toSeq: fc.nat() });
const phase: fc.Arbitrary<LanePhase> = fc.oneof(
  fc.record({ state: fc.constantFrom("open", "parked") }),
  fc.record({ state: fc.constant("leased" as const), inFlight, leaseToken: text }),
  fc.record({ state: fc.constant("staged" as const), inFlight, leaseToken: text, journal }),
  fc.record({ state: fc.constant("in-doubt" as const), inFlight, journal, dueAt: time, leaseToken: maybe(text) }),
);
const key = { app: "900100", user: "7001", target: { type: "achievement", name: "WINS" } } as const;
const row: fc.Arbitrary<LaneRow> = fc.record({
  id: fc.constant(laneId(key)),
  key: fc.constant(key),
  phase,
  pending: maybe(fc.record(waiting)),
  seq: fc.nat(),
  settledThrough: fc.nat(),
  lastSettledSeq: fc.nat(),
  forcedSeq: fc.nat(),
  attempts: fc.nat(),
  notBefore: time,
  inTheAir: maybe(fc.record({ until: time, exclusive: fc.boolean() })),
  heldUntil: time,
  reason: maybe(fc.constantFrom("no-answer", "user-token")),
  progress: maybe(progress),
  settledAt: maybe(time),
  sentWhileLocked: fc.boolean(),
  epoch: fc.nat(),
  forgetsAtEnd: fc.boolean(),
  history,
  lostLeases: fc.nat(),
  announced: fc.array(fc.record({ epoch: fc.nat(), at: time, acknowledged: fc.boolean() })),
});

it("reads back every row exactly", () => {
  fc.assert(fc.property(row, (one) => void expect(readLaneRow(one.id, laneRowText(one))).toEqual(one)));
});

it("reads back every dead letter exactly", () => {
  const letter = fc.record(
    {
      key: fc.constant(key),
      value,
      fromSeq: fc.nat(),
      toSeq: fc.nat(),
      reason: fc.constantFrom("too-old" as const),
      detail: text,
      maybeApplied: fc.boolean(),
      attempts: fc.nat(),
      history,
      at: time,
    },
    { requiredKeys: ["key", "value", "fromSeq", "toSeq", "reason", "maybeApplied", "attempts", "history", "at"] },
  );
  fc.assert(
    fc.property(
      letter,
      (one) => void expect(readDeadLetter(7, laneId(key), deadLetterText(one))).toEqual({ id: 7, ...one }),
    ),
  );
});

it("carries every firing to the worker exactly", () => {
  const once = fc.record({ match: text, event: text, occurrence: text, rule: text });
  const target = fc.record({ type: fc.constantFrom("achievement", "leaderboard"), name: text });
  const firing = fc.record(
    { key: fc.record({ app: text, user: text, target }), value, once, digest: text, at: time, dueAt: time },
    { requiredKeys: ["key", "value", "at", "dueAt"] },
  );
  fc.assert(fc.property(firing, (one) => void expect(unpackFiring(packFiring(one))).toEqual(one)));
});

it("refuses a row with any required field missing or of another type, naming the lane", () => {
  const full: LaneRow = {
    id: laneId(key),
    key,
    phase: { state: "open" },
    pending: {
      value: { type: "achievement", unlock: false, count: 5n, bits: 0n, bitLength: 0, keepsCounting: false },
      oldestAt: 1,
      dueAt: 2,
      order: 1,
      forcedOrder: 0,
    },
    seq: 1,
    settledThrough: 0,
    lastSettledSeq: 0,
    forcedSeq: 0,
    attempts: 0,
    notBefore: 0,
    inTheAir: undefined,
    heldUntil: 0,
    reason: undefined,
    progress: undefined,
    settledAt: undefined,
    sentWhileLocked: false,
    epoch: 0,
    forgetsAtEnd: false,
    history: [],
    lostLeases: 0,
    announced: [],
  };
  const stored = JSON.parse(laneRowText(full)) as Record<string, unknown>;
  const broken = Object.keys(stored)
    .filter((name) => name !== "pending")
    .map((name) => JSON.stringify({ ...stored, [name]: undefined }));
  const value = { type: "achievement", unlock: false, count: "5x", bits: "0", bitLength: 0, keepsCounting: false };
  broken.push("", "{", "[]", "null", "7", JSON.stringify({ ...stored, seq: "1" }));
  broken.push(JSON.stringify({ ...stored, phase: { state: "lost" } }));
  for (const name of ["history", "announced"]) broken.push(JSON.stringify({ ...stored, [name]: [{}] }));
  broken.push(JSON.stringify({ ...stored, history: {} }), JSON.stringify({ ...stored, lostLeases: "1" }));
  broken.push(JSON.stringify({ ...stored, pending: { value, oldestAt: 1, dueAt: 2 } }));
  for (const one of broken) {
    expect(() => readLaneRow(full.id, one), one).toThrow(UnreadableRow);
    expect(() => readLaneRow(full.id, one), one).toThrow(/900100\\n7001\\na\\nWINS/);
  }
});
