import type { Achievements, Leaderboards } from "./catalogue/definitions.ts";
import { nearNames } from "./catalogue/near-names.ts";
import type { PlatformAchievement } from "./graph/achievement-definitions.ts";
import type { PlatformLeaderboard } from "./graph/leaderboards.ts";
import type { PlatformDefinitions } from "./platform-definitions.ts";
import type { CheckCode, CheckFinding } from "./questline.ts";

type Problem = readonly [CheckCode, string];

/** Where the catalogue and the platform differ, one sentence each. A list that is not known is not compared. */
export function compareDefinitions(
  platform: PlatformDefinitions,
  achievements: Achievements,
  leaderboards: Leaderboards,
): readonly CheckFinding[] {
  return [
    ...compareNames("achievement", achievements, platform.achievements, achievementProblems),
    ...compareNames("leaderboard", leaderboards, platform.leaderboards, leaderboardProblems),
  ];
}

function compareNames<Own, Row>(
  what: "achievement" | "leaderboard",
  own: Readonly<Record<string, Own>>,
  rows: ReadonlyMap<string, Row> | undefined,
  problemsOf: (own: Own, row: Row) => readonly Problem[],
): CheckFinding[] {
  if (rows === undefined) return [];
  return Object.entries(own).flatMap(([target, definition]) => {
    const row = rows.get(target);
    const problems = row === undefined ? [unknown(what, target, [...rows.keys()])] : problemsOf(definition, row);
    return problems.map(([code, problem]) => ({ code, target, problem }));
  });
}

function unknown(what: "achievement" | "leaderboard", name: string, names: readonly string[]): Problem {
  const advice = "Create it in the dashboard, or correct the name (it is case-sensitive).";
  return [`unknown-${what}`, `The platform has no such ${what}. ${nearNames(name, names)} ${advice}`];
}

function achievementProblems(own: Achievements[string], row: PlatformAchievement): Problem[] {
  if (own.type !== row.type)
    return [["type-differs", `The catalogue says it is ${own.type}, the platform ${row.type}.`]];
  const problems: Problem[] = [];
  if (row.isArchived === true) {
    problems.push(["archived", "It is archived at the platform; its results become dead letters."]);
  }
  if (own.type !== "simple" && row.target !== undefined && BigInt(own.target) !== row.target) {
    const differ = `The catalogue's target is ${own.target}, the platform's ${row.target}; the platform's counts.`;
    problems.push(["target-differs", differ]);
  }
  if (own.type === "bitfield" && row.bitfieldLength !== undefined && own.length !== row.bitfieldLength) {
    const differ = `The catalogue's length is ${own.length} bits, the platform's ${row.bitfieldLength}.`;
    problems.push(["length-differs", differ]);
  }
  if (row.writes === "client") problems.push(["client-writes", clientWrites(own)]);
  return problems;
}

/** Achievements are always written with the app token. The platform's pages disagree on whether this policy takes it. */
function clientWrites(own: Achievements[string]): string {
  const counted =
    own.type === "count" ? " Where it does not, clients may write this count too, which voids exactly-once." : "";
  return (
    "Its write policy is client-authoritative, the dashboard's default: the platform may refuse what a server writes, and " +
    `its results then wait. Make it server-authoritative in the dashboard.${counted}`
  );
}

function leaderboardProblems(own: Leaderboards[string], row: PlatformLeaderboard): Problem[] {
  const problems: Problem[] = [];
  if (row.sort !== undefined && row.sort !== own.sort) {
    const differ = `The catalogue says ${own.sort}, the platform ${row.sort}; the platform's order is used.`;
    problems.push(["order-differs", differ]);
  }
  if (row.writes === "client" && own.writes === "server") {
    const differ =
      "The platform wants the player's own token (client-authoritative, the dashboard's default) and may refuse the app's: its " +
      'scores then wait. Make it server-authoritative in the dashboard, or say `writes: "client"` in the catalogue.';
    problems.push(["client-writes", differ]);
  }
  if (row.writes === "server" && own.writes === "client") {
    const differ =
      "The platform wants the app's token (server-authoritative) and refuses the player's: its scores would wait. " +
      'Say `writes: "server"` in the catalogue, or make it client-authoritative in the dashboard.';
    problems.push(["server-writes", differ]);
  }
  return problems;
}
