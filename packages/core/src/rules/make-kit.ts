import type {
  AchievementDefinition,
  Achievements,
  LeaderboardDefinition,
  Leaderboards,
} from "../catalogue/definitions.ts";
import { nearNames } from "../catalogue/near-names.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import { KitRule } from "./kit-rule.ts";
import { readBits, readCount, type Reading } from "./read-amount.ts";
import type { RuleKit } from "./rule-kit.ts";

type Kit = RuleKit<unknown, Readonly<Record<string, never>>, Readonly<Record<string, never>>>;
type KindOf = AchievementDefinition["type"];

/** The kit of one event. It refuses what the compiler would refuse, for JavaScript and casts. Throws `bad_input`. */
export function makeKit(event: string, achievements: Achievements, leaderboards: Leaderboards): Kit {
  const find = (verb: string, name: string): AchievementDefinition => {
    if (Object.hasOwn(achievements, name)) return achievements[name] as AchievementDefinition;
    const isBoard = Object.hasOwn(leaderboards, name);
    throw refused(
      event,
      `${verb}(${shownValue(name)}): there is no such achievement${isBoard ? ", but a leaderboard" : ""}. ${nearNames(name, Object.keys(achievements))}`,
    );
  };
  const wrongKind = (verb: string, name: string, found: string, wanted: KindOf): QuestlineError => {
    const fitting = Object.keys(achievements).filter((key) => achievements[key]?.type === wanted);
    return refused(
      event,
      `${verb}(${shownValue(name)}): it is a ${found} achievement, and ${verb} needs a ${wanted} one. ${nearNames(name, fitting)}`,
    );
  };
  const checkConstant = (verb: string, name: string, reading: Reading<bigint>): void => {
    if ("problem" in reading) throw refused(event, `${verb}(${shownValue(name)}): ${reading.problem}.`);
  };
  return Object.freeze({
    unlock(name: string) {
      find("unlock", name);
      return new KitRule(event, { kind: "unlock", target: name });
    },
    addCount(name: string, n: unknown) {
      const definition = find("addCount", name);
      if (definition.type !== "count") throw wrongKind("addCount", name, definition.type, "count");
      if (typeof n !== "function") checkConstant("addCount", name, readCount(n));
      return new KitRule(event, { kind: "addCount", target: name, n });
    },
    addBits(name: string, bits: unknown) {
      const definition = find("addBits", name);
      if (definition.type !== "bitfield") throw wrongKind("addBits", name, definition.type, "bitfield");
      if (typeof bits !== "function") checkConstant("addBits", name, readBits(bits, definition.length));
      return new KitRule(event, { kind: "addBits", target: name, bits, length: definition.length });
    },
    submitScore(
      name: string,
      score: (payload: unknown) => unknown,
      options?: { readonly extra?: unknown; readonly force?: boolean },
    ) {
      const board = findBoard(event, name, achievements, leaderboards);
      const extra = options?.extra;
      if (typeof score !== "function")
        throw refused(
          event,
          `submitScore(${shownValue(name)}): the score must be a function of the payload, not ${shownValue(score)}.`,
        );
      if (extra !== undefined && typeof extra !== "function")
        throw refused(
          event,
          `submitScore(${shownValue(name)}): \`extra\` must be a function of the payload, not ${shownValue(extra)}.`,
        );
      return new KitRule(event, {
        kind: "submitScore",
        target: name,
        score,
        extra: extra as ((payload: unknown) => unknown) | undefined,
        force: options?.force === true,
        negativeScores: board.negativeScores === true,
      });
    },
  });
}

function findBoard(
  event: string,
  name: string,
  achievements: Achievements,
  leaderboards: Leaderboards,
): LeaderboardDefinition {
  if (Object.hasOwn(leaderboards, name)) return leaderboards[name] as LeaderboardDefinition;
  const isAchievement = Object.hasOwn(achievements, name);
  throw refused(
    event,
    `submitScore(${shownValue(name)}): there is no such leaderboard${isAchievement ? ", but an achievement" : ""}. ${nearNames(name, Object.keys(leaderboards))}`,
  );
}

function refused(event: string, message: string): QuestlineError {
  return new QuestlineError("bad_input", `In the rules of event ${shownValue(event)}: ${message}`);
}
