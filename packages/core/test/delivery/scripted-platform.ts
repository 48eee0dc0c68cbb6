import type {
  Definitions,
  Platform,
  ProgressReading,
  ProgressRow,
  RowReading,
  Write,
} from "../../src/delivery/platform.ts";
import type { Outcome } from "../../src/intent/outcome.ts";
import type { Clock } from "../../src/runtime/clock.ts";

/** What a scripted write does: to the platform's state, and to its answer. */
export type Script =
  | "answer"
  /** Takes effect, and the answer is lost. */
  | "lost-after-effect"
  /** Does not take effect, and no answer comes. */
  | "lost-before-effect"
  /** Takes effect `ms` later, and no answer comes. */
  | { readonly effectAfterMs: number }
  | { readonly outcome: Outcome };

interface Counter {
  count: bigint;
  bits: bigint;
  unlocked: boolean;
  target: bigint;
}

export interface ScriptedPlatform extends Platform {
  /** The next writes, in order; then `answer`. */
  readonly scripts: Script[];
  /** The next progress reads that fail, in order. */
  readonly failedReads: Extract<ProgressReading, { status: "unread" }>[];
  readonly writes: Write[];
  readonly reads: { kind: "all" | "one"; at: number }[];
  readonly scores: Map<string, { score: bigint; extra?: string }>;
  state(name: string): Counter;
  tokens: Set<string>;
  archived: Set<string>;
  boards: Record<string, Partial<ReturnType<Definitions["board"]>>>;
  /** Reads answer without saying which row is which. */
  namelessRows: boolean;
  absentRows: boolean;
}

/** A small platform of one user, written from the delivery port alone. */
export function scriptedPlatform(clock: Clock, targets: Record<string, bigint> = {}): ScriptedPlatform {
  const counters = new Map<string, Counter>();
  const state = (name: string): Counter => {
    const known = counters.get(name) ?? { count: 0n, bits: 0n, unlocked: false, target: targets[name] ?? 1_000_000n };
    counters.set(name, known);
    return known;
  };
  const apply = (write: Write): Outcome => {
    if (write.type === "score") {
      const standing = platform.scores.get(write.name);
      const lower = platform.boards[write.name]?.sort === "lower-is-better";
      const better =
        standing === undefined || (lower ? write.entry.score < standing.score : write.entry.score > standing.score);
      if (better || write.forced) platform.scores.set(write.name, write.entry);
      return { status: "delivered", facts: { improved: better || write.forced } };
    }
    const counter = state(write.name);
    const before = counter.unlocked;
    counter.count += write.value.count;
    counter.bits |= write.value.bits;
    const bitsSet = BigInt([...counter.bits.toString(2)].filter((bit) => bit === "1").length);
    counter.unlocked ||=
      write.value.unlock || counter.count >= counter.target || (counter.bits > 0n && bitsSet >= counter.target);
    return { status: "delivered", facts: { justUnlocked: counter.unlocked && !before } };
  };
  const lost = (write: Write): Outcome =>
    write.type === "achievement" && write.value.count > 0n
      ? { status: "ambiguous", reason: "no-answer" }
      : { status: "retryable", reason: "no-answer", maybeApplied: true };
  const rowOf = (counter: Counter): ProgressRow => ({ count: counter.count, unlocked: counter.unlocked });

  const platform: ScriptedPlatform = {
    scripts: [],
    failedReads: [],
    writes: [],
    reads: [],
    scores: new Map(),
    tokens: new Set(),
    archived: new Set(),
    boards: {},
    namelessRows: false,
    absentRows: false,
    state,
    async deliver(write) {
      platform.writes.push(write);
      const script = platform.scripts.shift() ?? "answer";
      if (script === "answer") return apply(write);
      if (script === "lost-before-effect") return lost(write);
      if (script === "lost-after-effect") {
        apply(write);
        return lost(write);
      }
      if ("outcome" in script) return script.outcome;
      clock.after(script.effectAfterMs, () => void apply(write));
      return lost(write);
    },
    async readProgress() {
      platform.reads.push({ kind: "all", at: clock.now() });
      const failed = platform.failedReads.shift();
      if (failed !== undefined) return failed;
      const rows = new Map([...counters].map(([name, counter]) => [name, rowOf(counter)]));
      return { status: "read", sentAt: clock.now(), rows: platform.namelessRows ? undefined : rows };
    },
    async readOne(_user, name): Promise<RowReading> {
      platform.reads.push({ kind: "one", at: clock.now() });
      const failed = platform.failedReads.shift();
      if (failed !== undefined) return failed;
      const counter = counters.get(name);
      if (counter === undefined || platform.absentRows) return { status: "absent", sentAt: clock.now() };
      return { status: "row", sentAt: clock.now(), row: rowOf(counter) };
    },
    definitions: () => ({
      achievement: (name) => ({ archived: platform.archived.has(name), target: state(name).target }),
      board: (name) => ({ sort: "higher-is-better", writes: "server", ...platform.boards[name] }),
    }),
    known: Promise.resolve(),
    hasToken: async (user) => platform.tokens.has(user),
  };
  return platform;
}
