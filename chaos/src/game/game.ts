import { copyFile } from "node:fs/promises";
import { flushCompileCache } from "node:module";
import { obeyParent, readyWith } from "../child.ts";
import { keyOf, type PlannedEvent } from "../plan/events.ts";
import { every } from "../runtime/time.ts";
import type { GameOrders } from "../wire.ts";
import { readLife } from "./life.ts";
import { openGame } from "./open-game.ts";
import { tell } from "./tell.ts";

const COUNTS_EVERY_MS = 100;
const UNOPENED = 3;

const life = readLife();
const questline = openGame(life);

questline.onOutcome(({ userId: user, target, unlocked, status, reason = "unknown" }) => {
  if (unlocked) tell({ t: "unlocked", user, achievement: target.name });
  if (status === "dead") tell({ t: "dead", user, target: target.name, reason });
});
questline.onTokenWanted(({ userId: user }) => tell({ t: "token", user }));

obeyParent<GameOrders>({
  report: (events) => events.forEach(report),
  async token(user, token) {
    await questline.users.provideToken(user, token);
  },
  async status() {
    const { owed, dead, parked } = await questline.owed();
    if (parked > 0) await askForTokens();
    return { owed, dead };
  },
  hurry: () => void questline.flush(),
  tellCounts,
  copyFile: (to) => copyFile(life.database, to),
  async announced(users) {
    const each = users.map(async (user) =>
      (await questline.announcements(user)).map(({ id, achievement }) => ({ user, achievement, id })),
    );
    return (await Promise.all(each)).flat();
  },
  async close() {
    tellCounts();
    await questline.close({ timeoutMs: 1_000 });
  },
});

await questline.ready.catch((error: unknown) => {
  tell({ t: "unopened", reason: error instanceof Error ? error.message : String(error) });
  process.exit(UNOPENED);
});
// Written now: most of these processes never come to the end at which Node would write it.
flushCompileCache();
every(COUNTS_EVERY_MS, tellCounts);
readyWith({});

/** The parent hears of every report as soon as it is durable, and only then. */
function report(planned: PlannedEvent): void {
  const { match, user } = planned;
  const key = keyOf(planned);
  const receipt =
    planned.event === "hit"
      ? questline.match(match).report(user, "hit", planned.payload, { id: planned.id })
      : questline.match(match).report(user, "matchEnded", planned.payload);
  void receipt.durable.then((durable) =>
    durable.status === "refused"
      ? tell({ t: "refused", key, reason: durable.reason })
      : tell({ t: "ack", key, status: durable.status }),
  );
}

async function askForTokens(): Promise<void> {
  const parked = (await questline.inspect()).filter(({ state }) => state === "parked");
  for (const user of new Set(parked.map(({ key }) => key.user))) tell({ t: "token", user });
}

let toldBefore = "";
function tellCounts(): void {
  const {
    ambiguous,
    verdictsApplied: applied,
    verdictsNotApplied: notApplied,
    verdictsForeign: foreign,
  } = questline.stats();
  const counts = { ambiguous, applied, notApplied, foreign };
  const text = JSON.stringify(counts);
  if (text === toldBefore) return;
  toldBefore = text;
  tell({ t: "counts", ...counts });
}
