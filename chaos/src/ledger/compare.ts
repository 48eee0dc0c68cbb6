import { type Bitfield, bitfields, type Board, boards, type Counter, counters, simple } from "../plan/catalogue.ts";
import { nothing, type Wanted } from "./fold.ts";

export interface ActualProgress {
  readonly unlocked: boolean;
  readonly count: number;
  readonly bits: ReadonlySet<number>;
  /** Sum of all `add_count` effects, whatever they left behind. */
  readonly added: number;
}

/** What the platform holds and counted. */
export interface Actual {
  readonly users: ReadonlySet<string>;
  progress(user: string, achievement: string): ActualProgress;
  score(user: string, board: Board): number | undefined;
}

export interface Finding {
  readonly user: string;
  readonly target: string;
  readonly lost: number;
  readonly doubled: number;
}

/** Strict equality, target by target; only what differs. Everything planned was accepted, so there is one right answer. */
export function compare(wanted: ReadonlyMap<string, Wanted>, actual: Actual): readonly Finding[] {
  return [...new Set([...wanted.keys(), ...actual.users])].flatMap((user) =>
    findings(user, wanted.get(user) ?? nothing(), actual).filter(({ lost, doubled }) => lost + doubled > 0),
  );
}

type Difference = Pick<Finding, "lost" | "doubled">;

function findings(user: string, want: Wanted, actual: Actual): readonly Finding[] {
  const progress = (name: string): ActualProgress => actual.progress(user, name);
  const differences: readonly [string, Difference][] = [
    [simple, unlocks(want.won, progress(simple).unlocked)],
    ...keys<Counter>(counters).map((name): [string, Difference] => [
      name,
      counted(want.counts[name], counters[name], progress(name)),
    ]),
    ...keys<Bitfield>(bitfields).map((name): [string, Difference] => [
      name,
      marked(want.bits[name], bitfields[name].target, progress(name)),
    ]),
    ...keys<Board>(boards).map((name): [string, Difference] => [
      name,
      scored(name, want.scores[name], actual.score(user, name)),
    ]),
  ];
  return differences.map(([target, difference]) => ({ user, target, ...difference }));
}

/** While locked, to the unit. Unlocked, the unlock must be justified and no more may have been added than was wanted. */
function counted(want: number, target: number, { unlocked, count, added }: ActualProgress): Difference {
  if (!unlocked)
    return { lost: want >= target ? 1 : Math.max(0, want - count), doubled: Math.max(0, count - want, added - want) };
  return { lost: 0, doubled: Math.max(want < target ? 1 : 0, added - want) };
}

function marked(want: ReadonlySet<number>, target: number, { unlocked, bits }: ActualProgress): Difference {
  const strange = bits.difference(want).size;
  if (unlocked) return { lost: 0, doubled: strange + (want.size < target ? 1 : 0) };
  return { lost: want.size >= target ? 1 : want.difference(bits).size, doubled: strange };
}

function unlocks(wanted: boolean, unlocked: boolean): Difference {
  return { lost: wanted && !unlocked ? 1 : 0, doubled: unlocked && !wanted ? 1 : 0 };
}

/** A score that was never wanted, or that a forced one should have replaced, counts as doubled. */
function scored(board: Board, want: number | undefined, actual: number | undefined): Difference {
  if (want === actual) return { lost: 0, doubled: 0 };
  if (want === undefined) return { lost: 0, doubled: 1 };
  if (actual === undefined) return { lost: 1, doubled: 0 };
  const beyond = boards[board] === "higher" ? actual > want : actual < want;
  return beyond ? { lost: 0, doubled: 1 } : { lost: 1, doubled: 0 };
}

function keys<K extends string>(names: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(names) as K[];
}
