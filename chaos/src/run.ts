import { announcementProblems } from "./ledger/announcements.ts";
import { compare, type Finding } from "./ledger/compare.ts";
import { fold, type Wanted } from "./ledger/fold.ts";
import { type Asked, missing, missingInBooks } from "./minima.ts";
import { Outbox, type OutboxEnd } from "./parent/outbox.ts";
import { type Platform, readBooks, startPlatform } from "./parent/platform.ts";
import type { Processes } from "./parent/processes.ts";
import { SmallDisk } from "./parent/small-disk.ts";
import { background } from "./plan/fault-mix.ts";
import { LifePlanner } from "./plan/lives.ts";
import { moods } from "./plan/moods.ts";
import type { Trouble } from "./plan/troubles.ts";
import { now, sleep } from "./runtime/time.ts";
import type { Settings } from "./settings.ts";
import { Tally } from "./tally.ts";

export interface RunParts {
  readonly asked: Asked;
  readonly troubles: readonly Trouble[];
  readonly seed: number;
  /** After so long the run gives up. */
  readonly withinMs: number;
  readonly settings: Settings;
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
  /** Why the run says nothing, whatever it found. */
  readonly invalid: readonly string[];
  /** Boards of one player that took forced scores and best ones. */
  readonly mixedBoards: number;
  readonly quietMs: number;
  readonly seconds: number;
}

const LOOK_EVERY_MS = 250;
const LOOKS_PER_MOOD = 10;

/** A whole run: the platform, the outboxes side by side, trouble until there was enough, then the comparison. */
export async function run(parts: RunParts): Promise<RunResult> {
  const { asked, seed, folder, processes, settings, troubles } = parts;
  const started = now();
  const tally = new Tally();
  const platform = await startPlatform(processes, seed);
  using stack = new DisposableStack();
  const disk = troubles.includes("disk") ? smallDisk(`${folder}/small-disk`, tally) : undefined;
  if (disk !== undefined) stack.use(disk);
  const skipped = Object.keys(tally.skipped) as Trouble[];
  const made = troubles.filter((trouble) => !skipped.includes(trouble));
  for (const faults of background(seed, settings.quietMs)) await platform.ask("chance", faults);
  const planner = new LifePlanner(seed, settings.quietMs, made);
  const unmet = (): readonly string[] => missing(asked, tally, made);
  let met = false;
  const enough = (): boolean => met || tally.invalid > 0 || now() - started > parts.withinMs;
  const outboxes = Array.from({ length: settings.outboxes }, (_, index) => {
    const mayKill = (): boolean => unmet().some((what) => what.startsWith("kills"));
    const own = { index, seed, folder, settings, processes, platform, planner, tally, mayKill, enough };
    // The last one alone: the others keep a disk that syncs.
    return new Outbox({ ...own, disk: index === settings.outboxes - 1 ? disk : undefined });
  });

  await tryUntil(enough, outboxes, () =>
    watching(parts, tally, platform, () => {
      const short = unmet();
      met = short.length === 0;
      parts.onProgress(tally, short);
    }),
  );
  const short = unmet();
  await platform.ask("clearFaults");
  const ends = await Promise.all(outboxes.map((outbox) => outbox.finish()));

  // An effect that comes late shows now.
  await sleep(settings.quietMs);
  tally.late = await platform.ask("lateness", settings.quietMs / 2, true);
  const actual = await readBooks(platform);
  const wanted = wantedOf(outboxes);
  const findings = compare(wanted, actual).map((finding) => ({ ...finding, outbox: outboxOf(finding.user) }));
  const announced = ends.flatMap((end) => end.announced);
  const invalid = invalidities(tally, settings);
  const isLate = short.length > 0 && invalid.length === 0;
  const problems = [
    ...(isLate ? [`the time was up, after ${Math.round(parts.withinMs / 1000)} s, before enough had happened`] : []),
    ...short.map((what) => `too few ${what}`),
    ...(short.length > 0 ? [] : missingInBooks(wanted).map((what) => `too few ${what}`)),
    ...outboxes.flatMap((outbox) => outbox.problems),
    ...outboxes.flatMap(({ ledger }) => ledger.refused.map((refused) => `refused: ${refused}`)),
    ...outboxes.flatMap(({ ledger }) => ledger.acceptedTwice.map((key) => `accepted twice: ${key}`)),
    ...announcementProblems(actual, announced),
    ...ends.flatMap(debts),
  ];
  return {
    tally,
    accepted: outboxes.reduce((sum, { ledger }) => sum + ledger.accepted, 0),
    lost: findings.reduce((sum, { lost }) => sum + lost, 0),
    doubled: findings.reduce((sum, { doubled }) => sum + doubled, 0),
    findings,
    problems,
    invalid,
    mixedBoards: mixedBoards(wanted),
    quietMs: settings.quietMs,
    seconds: (now() - started) / 1000,
  };
}

/** Whose assumptions did not hold. */
export function invalidities({ late, stoppedTooLong }: Tally, { quietMs, leaseMs }: Settings): readonly string[] {
  const half = quietMs / 2;
  return [
    ...(late.tooLate > 0
      ? [
          `${late.tooLate} requests took effect, or showed, more than half the quiet period (${half} ms) after their connection: up to ${late.worstMs} ms. The machine is too busy for this pace; --quiet gives it more time`,
        ]
      : []),
    ...(stoppedTooLong > 0
      ? [`${stoppedTooLong} processes stood still for longer than lease and quiet period (${leaseMs + quietMs} ms)`]
      : []),
  ];
}

/**
 * Lets the outboxes play, and watches, until there was enough; plays on when what they did as they ended undid that.
 * Watching ends after playing, whatever the watcher thinks.
 */
export async function tryUntil(
  enough: () => boolean,
  players: readonly { play(): Promise<void> }[],
  watch: () => Watching,
): Promise<void> {
  do {
    const { watched, end } = watch();
    const playing = Promise.all(players.map((player) => player.play()));
    // What fails, fails at once.
    await Promise.race([playing, watched]);
    await playing;
    end();
    await watched;
  } while (!enough());
}

export interface Watching {
  /** Resolves once it was told to end, and has looked a last time. */
  readonly watched: Promise<void>;
  end(): void;
}

/** Reads the emulator's log as it grows, until told to end, looks up what has been reached, and changes the platform's mood. */
function watching({ seed, settings }: RunParts, tally: Tally, platform: Platform, look: () => void): Watching {
  const mood = moods(seed + tally.requests);
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    for (let looks = 0; !over.signal.aborted; looks += 1) {
      if (looks % LOOKS_PER_MOOD === 0) {
        await platform.ask("behave", mood());
        tally.late = await platform.ask("lateness", settings.quietMs / 2, false);
      }
      await sleep(LOOK_EVERY_MS);
      await lookAtLog(platform, tally);
      look();
    }
    await lookAtLog(platform, tally);
    look();
  };
  return { watched: watch(), end: () => over.abort() };
}

async function lookAtLog(platform: Platform, tally: Tally): Promise<void> {
  const { last, rows } = await platform.ask("seen", tally.seenThrough);
  tally.seenThrough = last;
  tally.saw(rows);
}

function smallDisk(folder: string, tally: Tally): SmallDisk | undefined {
  const disk = SmallDisk.mount(folder);
  if (disk instanceof SmallDisk) return disk;
  tally.skipped.disk = disk.skipped;
  return undefined;
}

function wantedOf(outboxes: readonly Outbox[]): ReadonlyMap<string, Wanted> {
  return fold(outboxes.flatMap(({ ledger }) => ledger.planned));
}

function mixedBoards(wanted: ReadonlyMap<string, Wanted>): number {
  return [...wanted.values()].filter(({ forcedRanks, bestRanks }) => forcedRanks > 0 && bestRanks > 0).length;
}

function debts({ owed, dead }: OutboxEnd, index: number): readonly string[] {
  return [
    ...(owed > 0 ? [`outbox ${index} still owes ${owed}`] : []),
    ...(dead > 0 ? [`outbox ${index} gave up on ${dead}`] : []),
  ];
}

function outboxOf(user: string): number {
  return Number((BigInt(user) - 72_057_594_037_930_000n) / 1_000_000n);
}
