import { achievementNames } from "../plan/catalogue.ts";
import type { AnnouncedUnlock } from "../wire.ts";
import type { Actual } from "./compare.ts";

/** Each unlock is announced once, under one id, and nothing else is. Nobody acknowledges in these runs, so all still stand. */
export function announcementProblems(actual: Actual, announced: readonly AnnouncedUnlock[]): readonly string[] {
  const times = new Map<string, number>();
  for (const { user, achievement } of announced) {
    const key = `${user} ${achievement}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  const unlocked = new Set(
    [...actual.users].flatMap((user) =>
      achievementNames.filter((name) => actual.progress(user, name).unlocked).map((name) => `${user} ${name}`),
    ),
  );
  return [...new Set([...unlocked, ...times.keys()])].flatMap((key) => {
    const [has, should] = [times.get(key) ?? 0, unlocked.has(key) ? 1 : 0];
    return has === should ? [] : [`${key}: announced ${has} times instead of ${should}`];
  });
}
