import type { Hit, PlannedEvent } from "../plan/events.ts";
import type { Tally } from "../tally.ts";
import type { LifePlan } from "../wire.ts";
import { readBooks } from "../parent/platform.ts";
import type { Stage, StageEnd } from "./stage.ts";

/** A short play in which one rule of the protocol is all that stands between the player and a wrong number. */
export interface Scenario {
  /** What `--sabotage` breaks in it. */
  readonly defect: Pick<LifePlan, "sabotage" | "storeSabotage">;
  /** Of its games at least, where something must happen well within it, however busy the machine is. Default: that of all runs. */
  readonly quietMs?: number;
  play(stage: Stage, tally: Tally): Promise<StageEnd>;
}

const LONG_QUIET_MS = 4_000;
const quietly: Hit = { shots: 3, gems: 0, kill: false, headshot: false };

function hits(user: string, times: number, payload: Hit = quietly): readonly PlannedEvent[] {
  return Array.from({ length: times }, (_, n) => ({ match: "m-1", user, event: "hit", id: `h${n}`, payload }));
}

/** The answer of a count is lost after its effect, and the process lives on. */
async function lostAnswer(stage: Stage): Promise<StageEnd> {
  const [user = ""] = stage.users;
  await stage.platform.ask("fault", { kind: "resetAfter", operation: "achievements.write", times: 1 });
  const game = await stage.start();
  await stage.report(game, hits(user, 1));
  return stage.end(game);
}

/**
 * A count takes effect after its connection is gone, but within the quiet period. It is held until then, or until the
 * same count is sent again: whoever decides too early is too early, whatever the machine is busy with.
 */
async function lateEffect(stage: Stage): Promise<StageEnd> {
  const [user = ""] = stage.users;
  const ms = LONG_QUIET_MS * 0.45;
  await stage.platform.ask("fault", { kind: "delayedEffect", ms, operation: "achievements.write", times: 1 });
  void stage.platform.ask("releaseAtSecondWrite", user, ms);
  const game = await stage.start();
  await stage.report(game, hits(user, 1));
  return stage.end(game);
}

/** Ours never arrives; while it is in doubt somebody else adds more than it would have. */
async function foreignCount(stage: Stage, tally: Tally): Promise<StageEnd> {
  const [user = ""] = stage.users;
  await stage.platform.ask("fault", { kind: "resetBefore", operation: "achievements.write", times: 1 });
  const added = stage.platform.ask("foreignAfterFirstWrite", user, "SHOTS", quietly.shots + 1);
  const game = await stage.start();
  await stage.report(game, hits(user, 1));
  await added;
  const end = await stage.end(game, { alone: false });
  const missed = tally.counts.foreign === 1 ? [] : ["a foreign count was not noticed"];
  return { findings: end.findings, problems: [...end.problems, ...missed] };
}

/** The process dies as it is about to commit its journal: nothing may have been sent by then. */
async function deathBeforeTheJournal(stage: Stage): Promise<StageEnd> {
  const [user = ""] = stage.users;
  const first = await stage.start({ ambushes: [{ point: "stage:before-commit", nth: 1, does: "kill" }] });
  await stage.report(first, hits(user, 1));
  await stage.death(first, "itself");
  const second = await stage.start();
  await stage.reportAgain(second);
  return stage.end(second);
}

/** The power fails when an answer has just come: what the journal says must be on the disk, not only in the log. */
async function powerCut(stage: Stage): Promise<StageEnd> {
  const [user = ""] = stage.users;
  await stage.platform.ask("fault", { kind: "resetBefore", operation: "achievements.read", times: "always" });
  const first = await stage.start();
  await stage.report(first, hits(user, 1));
  await stage.close(first);
  await stage.platform.ask("clearFaults");
  const second = await stage.start({
    ambushes: [{ point: "answer:received", nth: 1, does: "kill" }],
    watchSyncs: true,
  });
  await stage.death(second, "itself");
  stage.cutPower(second);
  return stage.end(await stage.start());
}

/** A count unlocked its achievement and lost its answer; another read shows the unlock before the verdict is sought. */
async function unlockInDoubt(stage: Stage): Promise<StageEnd> {
  const [user = ""] = stage.users;
  await stage.platform.ask("fault", { kind: "resetAfter", operation: "achievements.write", times: "always" });
  const first = await stage.start();
  await stage.report(first, hits(user, 25, { ...quietly, kill: true }));
  const isUnlocked = await stage.until(
    async () => (await readBooks(stage.platform)).progress(user, "KILLS").unlocked,
    10,
  );
  if (!isUnlocked) stage.problems.push("the count never took effect");
  await stage.death(first, "us");
  await stage.platform.ask("clearFaults");
  const second = await stage.start();
  await stage.report(
    second,
    hits(user, 1, { ...quietly, gems: 1 }).map((hit) => ({ ...hit, match: "m-2" })),
  );
  return stage.end(second);
}

/** Several occurrences of one event in one match. */
async function occurrences(stage: Stage): Promise<StageEnd> {
  const [user = ""] = stage.users;
  const game = await stage.start();
  await stage.report(game, hits(user, 3));
  return stage.end(game);
}

/**
 * The process is killed when it would commit what it was told, and has acknowledged whatever it acknowledges by then: the
 * thread that commits is held there, the one that reports is not.
 */
async function deathAfterTheAcknowledgement(stage: Stage): Promise<StageEnd> {
  const [user = ""] = stage.users;
  const first = await stage.start({ ambushes: [{ point: "accept:before-commit", nth: 1, does: "hold" }] });
  await stage.tell(first, hits(user, 20));
  await stage.held(first, "accept:before-commit");
  await stage.death(first, "us");
  const second = await stage.start();
  await stage.reportAgain(second);
  return stage.end(second);
}

/** By the name of the rule that `--sabotage` breaks. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map<string, Scenario>([
  ["resend-without-readback", { defect: { sabotage: "resend-without-readback" }, play: lostAnswer }],
  ["zero-quiet-period", { defect: { sabotage: "zero-quiet-period" }, quietMs: LONG_QUIET_MS, play: lateEffect }],
  ["join-stale-read", { defect: { sabotage: "join-stale-read" }, play: lostAnswer }],
  ["at-least-for-equal", { defect: { sabotage: "at-least-for-equal" }, quietMs: LONG_QUIET_MS, play: foreignCount }],
  ["stage-after-send", { defect: { sabotage: "stage-after-send" }, play: deathBeforeTheJournal }],
  ["unsynced-stage", { defect: { storeSabotage: { unsyncedStage: true } }, play: powerCut }],
  [
    "no-lease-token-check",
    { defect: { storeSabotage: { ignoreLeaseTokens: true } }, play: (stage) => stage.lateSettle() },
  ],
  [
    "suppress-over-open-journal",
    { defect: { sabotage: "suppress-over-open-journal" }, quietMs: LONG_QUIET_MS, play: unlockInDoubt },
  ],
  ["once-key-without-occurrence", { defect: { storeSabotage: { onceKeyWithoutOccurrence: true } }, play: occurrences }],
  ["ack-before-commit", { defect: { sabotage: "ack-before-commit" }, play: deathAfterTheAcknowledgement }],
]);
