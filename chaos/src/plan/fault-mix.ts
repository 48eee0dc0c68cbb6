import type { ChanceOptions, Fault, FaultKind } from "@questline/emulator";
import { timeoutOf } from "../settings.ts";

/** A fault that one life of a game process meets more often than others: the second side of the matrix. */
export interface Theme {
  readonly name: string;
  readonly kind: FaultKind;
}

/** Of the quiet period. Below half of it, which the run checks: a busy machine adds to every delay. */
const LATE = 0.4;

/**
 * The platform's delays stay below half of the quiet period after the socket is gone; that is the assumption. What comes
 * later than the client's time-out is therefore bound to the end of the connection, or is an answer and no effect.
 */
export function themes(quietMs: number): readonly Theme[] {
  const late = Math.floor(quietMs * LATE);
  const overdue = timeoutOf(quietMs) + 5;
  return [
    { name: "reset before the effect", kind: { kind: "resetBefore" } },
    { name: "reset after the effect", kind: { kind: "resetAfter" } },
    { name: "answer cut in half", kind: { kind: "resetAfter", truncated: true } },
    { name: "effect after the reset", kind: { kind: "delayedEffect", ms: late } },
    { name: "500 without the effect", kind: { kind: "status", status: 500 } },
    { name: "500 after the effect", kind: { kind: "effectThenStatus" } },
    { name: "429", kind: { kind: "throttle", code: 17 } },
    { name: "garbage", kind: { kind: "garbage" } },
    { name: "empty answer", kind: { kind: "empty" } },
    { name: "answer after the time-out", kind: { kind: "latency", ms: overdue, when: "after" } },
    { name: "effect at the time-out", kind: { kind: "delayedEffect", ms: 5, hang: true } },
    { name: "effect after the time-out", kind: { kind: "delayedEffect", ms: late, hang: true } },
    { name: "lagging reads", kind: { kind: "laggingReads", ms: late } },
  ];
}

/** Of one life: its users meet the theme at about every eighth request. */
export function themeFault(theme: Theme, userId: string): Fault {
  const operation = ["achievements.write", "achievements.read", "leaderboards.submit"] as const;
  return { ...theme.kind, operation, userId, probability: 0.12, times: "always" };
}

/**
 * What everybody meets all the time. Counts are written most, and lose their answer after the effect most: that is where
 * a result could be doubled.
 */
export function background(seed: number, quietMs: number): readonly ChanceOptions[] {
  const kinds = themes(quietMs).map(({ kind }) => kind);
  const often = (times: number, kind: FaultKind): readonly FaultKind[] => Array.from({ length: times }, () => kind);
  const unavailable: FaultKind = { kind: "status", status: 503, error: { code: 1 } };
  const slow: FaultKind = { kind: "latency", ms: 30 };
  const lost = [...often(26, { kind: "resetAfter" }), ...often(4, { kind: "resetBefore" })];
  return [
    { probability: 0.4, kinds: [...lost, ...kinds, unavailable], operations: ["achievements.write"], seed },
    { probability: 0.16, kinds: [...kinds, unavailable, slow], operations: ["leaderboards.submit"], seed: seed + 1 },
    { probability: 0.1, kinds: [...kinds, unavailable, slow], operations: ["achievements.read"], seed: seed + 2 },
    {
      probability: 0.08,
      kinds: [...kinds, unavailable, slow],
      operations: ["users.me", "users.get", "achievements.definitions", "leaderboards.list"],
      seed: seed + 3,
    },
    // The whole app is slowed down: everything waits, so it stays rare.
    { probability: 0.001, kinds: [{ kind: "throttle", code: 4, retryAfterSeconds: 1 }], seed: seed + 4 },
  ];
}
