import { achievementsRows } from "./achievements.ts";
import type { Behaviour } from "./behaviour.ts";
import { identityRows } from "./identity.ts";
import { leaderboardsRows } from "./leaderboards.ts";
import { platformRows } from "./platform.ts";
import { storeRows } from "./store.ts";
import { webhooksRows } from "./webhooks.ts";

/** Every behaviour that a reader could mistake for the platform's word. */
export const behaviours: readonly Behaviour[] = [
  ...platformRows,
  ...achievementsRows,
  ...leaderboardsRows,
  ...identityRows,
  ...storeRows,
  ...webhooksRows,
].map(([id, about, basis, does, source, switchedBy]) => {
  return { id, about, basis, does, source, ...(switchedBy === undefined ? {} : { switchedBy }) };
});
