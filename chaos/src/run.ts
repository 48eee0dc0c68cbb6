import { announcementProblems } from "./ledger/announcements.ts";
import { compare, type Finding } from "./ledger/compare.ts";
import { fold, type Wanted } from "./ledger/fold.ts";
import { type Asked, missing } from "./minima.ts";
import { Outbox } from "./parent/outbox.ts";
import { type Platform, readBooks, startPlatform } from "./parent/platform.ts";
import type { Processes } from "./parent/processes.ts";
import { type Counter, counters } from "./plan/catalogue.ts";
import { background } from "./plan/fault-mix.ts";
import { LifePlanner } from "./plan/lives.ts";
import { moods } from "./plan/moods.ts";
import { now, sleep } from "./runtime/time.ts";
import { settings } from "./settings.ts";
import { Tally } from "./tally.ts";

export interface RunParts {
  readonly asked: Asked;
  readonly seed: number;
  readonly folder: string;
  readonly processes: Processes;
  /** Again and again, with what is still to come. */
  readonly onProgress: (tally: Tally, unmet: readonly string[]) => void;
}

export interface RunResult {
  readonly tally: Tally;
  readonly accepted: number;
  readonly lost: number;
  readonly doubled: number;
  readonly findings: readonly (Finding & { readonly outbox: number })[];
  /** Whatever else is wrong; a run without problems and findings is green. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

const LOOK_EVERY_MS = 250;
const LOOKS_PER_MOOD = 10;

/** A whole run: the platform, the outboxes side by side, trouble until there was enough, then the comparison. */
export async function run({ asked, seed, folder, processes, onProgress }: RunParts): Promise<RunResult> {
  const started = now();
  const tally = new Tally();
  const platform = await startPlatform(processes, seed);
  for (const faults of background(seed, settings.quietMs, settings.timeoutMs)) await platform.ask("chance", faults);
  const planner = new LifePlanner(seed, settings.quietMs, settings.timeoutMs);
  const longestMs = 60_000 + asked.faults * 40 + asked.kills * 3_000;
  const isLate = (): boolean => now() - started > longestMs;
  const unmet = (): readonly string[] => missing(asked, tally);
  const mood = moods(seed);
  await platform.ask("behave", mood());
  let looks = 0;
  let met = false;
  const outboxes = Array.from(
    { length: settings.outboxes },
    (_, index) =>
      new Outbox({
        index,
        seed,
        folder,
        processes,
        platform,
        planner,
        tally,
        mayKill: () => unmet().some((what) => what.startsWith("kills")),
        enough: () => met || isLate(),
      }),
  );

  const playing = Promise.all(outboxes.map((outbox) => outbox.play()));
  const watching = watch(
    platform,
    tally,
    () => met,
    () => {
      looks += 1;
      if (looks % LOOKS_PER_MOOD === 0) void platform.ask("behave", mood());
      const short = unmet();
      met = short.length === 0;
      onProgress(tally, short);
    },
  );
  await Promise.race([playing, watching]);
  await playing;
  met = true;
  await watching;
  const short = unmet();
  await platform.ask("clearFaults");
  const ends = await Promise.all(outboxes.map((outbox) => outbox.finish()));

  // An effect that comes late shows now.
  await sleep(settings.quietMs);
  const actual = await readBooks(platform);
  const wanted = wantedOf(outboxes);
  const findings = compare(wanted, actual).map((finding) => ({ ...finding, outbox: outboxOf(finding.user) }));
  const problems = [
    ...short.map((what) => `too few ${what}`),
    ...(unreachedShare(wanted) < 0.5 ? ["too few counters that never reach their target"] : []),
    ...outboxes.flatMap((outbox) => outbox.problems),
    ...outboxes.flatMap(({ ledger }) => ledger.refused.map((refused) => `refused: ${refused}`)),
    ...outboxes.flatMap(({ ledger }) => ledger.acceptedTwice.map((key) => `accepted twice: ${key}`)),
    ...announcementProblems(
      actual,
      ends.flatMap(({ announced }) => announced),
    ),
    ...ends.flatMap(({ owed, dead }, index) => [
      ...(owed > 0 ? [`outbox ${index} still owes ${owed}`] : []),
      ...(dead > 0 ? [`outbox ${index} gave up on ${dead}`] : []),
    ]),
  ];
  return {
    tally,
    accepted: outboxes.reduce((sum, { ledger }) => sum + ledger.accepted, 0),
    lost: findings.reduce((sum, { lost }) => sum + lost, 0),
    doubled: findings.reduce((sum, { doubled }) => sum + doubled, 0),
    findings,
    problems,
    seconds: (now() - started) / 1000,
  };
}

/** Reads the emulator's log as it grows, until told to stop, and looks up what has been reached. */
async function watch(platform: Platform, tally: Tally, done: () => boolean, look: () => void): Promise<void> {
  let last = 0;
  for (let isLast = false; !isLast;) {
    isLast = done();
    if (!isLast) await sleep(LOOK_EVERY_MS);
    const seen = await platform.ask("seen", last);
    last = seen.last;
    tally.saw(seen.rows);
    if (!isLast) look();
  }
}

function wantedOf(outboxes: readonly Outbox[]): ReadonlyMap<string, Wanted> {
  return fold(outboxes.flatMap(({ ledger }) => [...ledger.planned]));
}

/** Of all counters that were counted on, those whose target is not reached. */
function unreachedShare(wanted: ReadonlyMap<string, Wanted>): number {
  let all = 0;
  let unreached = 0;
  for (const { counts } of wanted.values()) {
    for (const [name, count] of Object.entries(counts)) {
      if (count === 0) continue;
      all += 1;
      if (count < counters[name as Counter]) unreached += 1;
    }
  }
  return all === 0 ? 0 : unreached / all;
}

function outboxOf(user: string): number {
  return Number((BigInt(user) - 72_057_594_037_930_000n) / 1_000_000n);
}
