import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type ProgramEnd, startProgram } from "./running-program.ts";

const cwd = fileURLToPath(new URL("..", import.meta.url));

async function chaos(...flags: readonly string[]): Promise<ProgramEnd> {
  await using program = startProgram(["--conditions=questline-source", "chaos/src/chaos.ts", ...flags], { cwd });
  return await program.ended;
}

const INVALID = 3;
/** The games' quiet periods where a run says nothing, since the machine was too busy for the one before. */
const SLOWER_MS = [3_000, 5_000];
/** What goes on is waited for, however slow a machine is; as a rule each takes a fraction of it. */
const timeout = 1_800_000;

/** A run whose assumptions held: one for which the machine was too busy is made again, at a slower pace. */
async function validRun(flags: readonly string[], quietMs?: number): Promise<ProgramEnd> {
  const at = (pace: number | undefined): Promise<ProgramEnd> =>
    chaos(...flags, ...(pace === undefined ? [] : ["--quiet", String(pace)]));
  let end = await at(quietMs);
  for (const pace of SLOWER_MS) {
    if (end.code !== INVALID) break;
    console.warn(`${flags.join(" ")}: made again with a quiet period of ${pace} ms, since\n${end.stderr}`);
    end = await at(pace);
  }
  return end;
}

interface Summary {
  readonly [key: string]: unknown;
  readonly killPoints: Readonly<Record<string, number>>;
}
const summaryOf = ({ stdout }: ProgramEnd): Summary => JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Summary;

test("results stay exact while processes are killed and the platform fails", { timeout }, async () => {
  const end = await validRun(["--faults", "600", "--kills", "40", "--seed", "3", "--within", "560", "--json"], 1_500);
  expect({ stderr: end.stderr, code: end.code }).toEqual({ stderr: "", code: 0 });
  const summary = summaryOf(end);
  expect(summary).toMatchObject({ lost: 0, doubled: 0, foreign: 0, sabotaged: false, scenario: null });
  expect(summary).toMatchObject({ end: "passed", invalid: 0 });
  // A disk of its own can be mounted by the superuser only; the run says why there was none.
  expect(Object.keys(summary["skipped"] as object).filter((trouble) => trouble !== "disk")).toEqual([]);
  expect(summary["latestMs"]).toBeLessThanOrEqual(Number(summary["quietMs"]) / 2);
  expect(summary["mixedBoards"]).toBeGreaterThan(0);
  expect(summary["leaps"]).toBeGreaterThan(0);
  expect(summary["faults"]).toBeGreaterThanOrEqual(600);
  expect(summary["kills"]).toBeGreaterThanOrEqual(40);
  expect(summary["applied"]).toBeGreaterThanOrEqual(12);
  expect(summary["notApplied"]).toBeGreaterThanOrEqual(12);
  expect(Object.keys(summary.killPoints)).toHaveLength(10);
  expect(Math.min(...Object.values(summary.killPoints))).toBeGreaterThanOrEqual(3);
});

test("a run that cannot see enough in its time ends, says what is missing, and fails", { timeout }, async () => {
  const { code, stderr } = await validRun(["--faults", "250", "--kills", "40", "--within", "1"]);
  expect(code).toBe(1);
  expect(stderr).toContain("the time was up, after 1 s, before enough had happened");
  expect(stderr).toContain("too few kills: ");
});

test.for([
  ["--faults", "249", "250"],
  ["--kills", "39", "40"],
])("%s %s is refused, and the smallest number is named", async ([flag = "", value = "", smallest = ""]) => {
  const { code, stdout, stderr } = await chaos(flag, value);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`the smallest is ${smallest}`);
});

test("an unknown scenario is refused, and the known ones are named", async () => {
  const { code, stderr } = await chaos("--sabotage", "no-such-rule");
  expect(code).toBe(2);
  expect(stderr).toContain("ack-before-commit");
});

/** What each broken rule does to the result, and where it shows. */
const broken = [
  { name: "resend-without-readback", shows: "doubled" },
  { name: "zero-quiet-period", shows: "doubled" },
  { name: "join-stale-read", shows: "doubled" },
  { name: "at-least-for-equal", shows: "a foreign count was not noticed" },
  { name: "stage-after-send", shows: "doubled" },
  { name: "unsynced-stage", shows: "doubled" },
  { name: "no-lease-token-check", shows: "a lease that was lost could still be ended" },
  { name: "suppress-over-open-journal", shows: "KILLS: announced 0 times instead of 1" },
  { name: "once-key-without-occurrence", shows: "lost" },
  { name: "ack-before-commit", shows: "lost" },
] as const;

describe.concurrent("a broken rule is noticed:", { timeout }, () => {
  test.for(broken)("$name", async ({ name, shows }, { expect }) => {
    const end = await validRun(["--sabotage", name, "--json"]);
    const summary = summaryOf(end);
    expect(summary).toMatchObject({ scenario: name, sabotaged: true });
    if (shows === "lost" || shows === "doubled") expect(summary[shows]).toBeGreaterThan(0);
    else expect(end.stderr).toContain(shows);
    expect(end.code).toBe(1);
  });
});

describe.concurrent("the same scenario is exact with the rule in force:", { timeout }, () => {
  test.for(broken)("$name", async ({ name }, { expect }) => {
    const end = await validRun(["--scenario", name, "--json"]);
    expect({ stderr: end.stderr, code: end.code }).toEqual({ stderr: "", code: 0 });
    expect(summaryOf(end)).toMatchObject({ scenario: name, sabotaged: false, lost: 0, doubled: 0 });
  });
});
