import {
  type Achievement,
  achievements,
  best,
  type Board,
  boards,
  type Fold,
  nothing,
  type PlayerFold,
} from "./fold.ts";

/** What the emulator holds and counted, read over HTTP. */
export interface ActualWorld {
  progress(user: string, achievement: Achievement): ActualProgress;
  score(user: string, board: Board): number | undefined;
  /** Users with any progress, score or effect. */
  readonly users: ReadonlySet<string>;
}

export interface ActualProgress {
  readonly unlocked: boolean;
  readonly count: number;
  readonly bits: ReadonlySet<number>;
  /** Sum of all `add_count` effects, whatever they left in the world. */
  readonly added: number;
}

export interface Comparison {
  /** Units, bits, unlocks and scores that were accepted and are missing. */
  readonly lost: number;
  /** Units, bits, unlocks and scores that are there and were never planned. */
  readonly doubled: number;
  /** Each with its user and target. */
  readonly findings: readonly string[];
}

/**
 * Everything accepted must be there, nothing unplanned may be. An event that was planned and not accepted (the process
 * died in between) may have taken effect or not. Once an achievement is unlocked its counter may stop anywhere, so there
 * the unlock must be justified, and the effects must not exceed the plan.
 */
export function compare(planned: Fold, accepted: Fold, actual: ActualWorld): Comparison {
  const findings: string[] = [];
  let lost = 0;
  let doubled = 0;
  const judge = (where: string, missing: number, excess: number): void => {
    if (missing > 0) findings.push(`${where}: ${missing} lost`);
    if (excess > 0) findings.push(`${where}: ${excess} doubled`);
    lost += Math.max(0, missing);
    doubled += Math.max(0, excess);
  };
  for (const user of new Set([...planned.players.keys(), ...actual.users])) {
    const plan = planned.players.get(user) ?? nothing();
    const sure = accepted.players.get(user) ?? nothing();
    for (const name of Object.keys(achievements) as Achievement[]) {
      const [missing, excess] = judgeAchievement(name, plan, sure, actual.progress(user, name));
      judge(`${user} ${name}`, missing, excess);
    }
    for (const board of Object.keys(boards) as Board[]) {
      const [missing, excess] = judgeScore(board, plan.scores[board], sure.scores[board], actual.score(user, board));
      judge(`${user} ${board}`, missing, excess);
    }
  }
  return { lost, doubled, findings };
}

type Verdict = readonly [missing: number, excess: number];

function judgeAchievement(name: Achievement, plan: PlayerFold, sure: PlayerFold, actual: ActualProgress): Verdict {
  if (name === "FIRST_WIN") return judgeUnlock(plan.wins > 0, sure.wins > 0, actual.unlocked);
  const { target } = achievements[name];
  if (name === "EVERY_MAP") {
    const strange = [...actual.bits].filter((bit) => !plan.maps.has(bit)).length;
    const unlock = judgeUnlock(plan.maps.size >= target, sure.maps.size >= target, actual.unlocked);
    const missing = actual.unlocked ? 0 : [...sure.maps].filter((bit) => !actual.bits.has(bit)).length;
    return [missing + unlock[0], strange + unlock[1]];
  }
  const overAdded = actual.added - plan.counts[name];
  const unlock = judgeUnlock(plan.counts[name] >= target, sure.counts[name] >= target, actual.unlocked);
  if (actual.unlocked) return [unlock[0], Math.max(0, overAdded) + unlock[1]];
  const shortBy = sure.counts[name] - actual.count;
  return [Math.max(unlock[0], shortBy), Math.max(overAdded, actual.count - plan.counts[name])];
}

function judgeUnlock(planned: boolean, accepted: boolean, unlocked: boolean): Verdict {
  return [accepted && !unlocked ? 1 : 0, unlocked && !planned ? 1 : 0];
}

function judgeScore(
  board: Board,
  plan: readonly number[],
  sure: readonly number[],
  actual: number | undefined,
): Verdict {
  const floor = best(board, sure);
  if (actual === undefined) return [floor === undefined ? 0 : 1, 0];
  if (!plan.includes(actual)) return [0, 1];
  return [floor !== undefined && best(board, [floor, actual]) !== actual ? 1 : 0, 0];
}
