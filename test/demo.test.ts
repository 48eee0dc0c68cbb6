import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { type ProgramEnd, startProgram } from "./running-program.ts";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "questline-demo-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function demo(...flags: string[]): Promise<ProgramEnd> {
  await using program = startProgram(["--conditions=questline-source", "examples/arena/src/demo.ts", ...flags], {
    cwd,
  });
  return await program.ended;
}

type Totals = Readonly<Record<string, number>>;
const totalsOf = ({ stdout }: ProgramEnd): Totals => JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Totals;
const nothingWrong = { owed: 0, dead: 0, lost: 0, doubled: 0 };

describe("npm run demo", () => {
  test("turns match ends into achievements and scores, exactly once", async () => {
    const ledger = join(folder, "ledger.ndjson");
    const end = await demo("--matches", "4", "--players", "2", "--json", "--ledger", ledger);
    expect(end).toMatchObject({ code: 0, stderr: "" });
    const totals = totalsOf(end);
    // Two players in four rooms, twelve kills and one end each.
    expect(totals).toMatchObject({ ...nothingWrong, matches: 4, players: 8, events: 4 * 2 * 13 });
    expect(totals["tokens"]).toBeGreaterThan(0);
    expect(totals["requests"]! + totals["reads"]!).toBeLessThanOrEqual(0.5 * totals["intents"]!);
    const lines = readFileSync(ledger, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines.filter(({ type }) => type === "planned")).toHaveLength(totals["events"]!);
    expect(lines.filter(({ type }) => type === "accepted")).toHaveLength(totals["events"]!);
    expect(lines.map(({ n }) => n)).toEqual(lines.map((_, index) => index + 1));
  });

  test("shows each player as the platform does, and the totals", async () => {
    const { code, stdout } = await demo("--matches", "2", "--players", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^player +room +kills +headshots +maps +points +best time +unlocked$/m);
    // The rooms that played: one match of twelve kills, won by the only player there.
    expect(stdout.match(/^\w+ +[12] +12 +\d+ +[01]{3} +\d+ +\d+\.\d{3} s +FIRST_WIN.*$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/^Everything arrived, exactly once\.$/m);
  });

  test("stays exact among refusals and lost connections", async () => {
    const end = await demo("--matches", "8", "--players", "3", "--chaos", "0.15", "--json");
    expect(totalsOf(end)).toMatchObject({ ...nothingWrong, matches: 8 });
    expect(totalsOf(end)["faults"]).toBeGreaterThan(5);
    expect(end.code).toBe(0);
  });

  test("stays exact when the game server gets SIGKILL, and its successor SIGTERM, while a match ends", async () => {
    const end = await demo("--matches", "12", "--players", "3", "--kill", "--json");
    expect(totalsOf(end)).toMatchObject({ ...nothingWrong, matches: 12, restarts: 2 });
    expect(end.code).toBe(0);
  });

  test("finds effects that a blind resend doubled", async () => {
    const end = await demo("--sabotage", "resend-without-readback", "--json");
    expect(end.code).toBe(1);
    expect(totalsOf(end)["doubled"]).toBeGreaterThan(0);
    expect(end.stderr).toMatch(/KILLS_1000000: \d+ doubled/);
  });

  test("finds results that were acknowledged too early", async () => {
    const end = await demo("--sabotage", "ack-before-commit", "--json");
    expect(end.code).toBe(1);
    expect(totalsOf(end)["lost"]).toBeGreaterThan(0);
    expect(end.stderr).toMatch(/KILLS_1000000: \d+ lost/);
  });

  test("refuses flags it cannot use before it starts anything", async () => {
    const end = await demo("--matchs", "3");
    expect(end).toMatchObject({ code: 2, stdout: "" });
    expect(end.stderr).toContain("--matchs");
    const unwritable = await demo("--ledger", join(folder, "nowhere", "ledger.ndjson"));
    expect(unwritable).toMatchObject({ code: 2, stdout: "" });
    expect(unwritable.stderr).toContain("the ledger cannot be written");
  });
});
