import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../running-program.ts";
import { installPackedProject, type PackedProject } from "./packed-project.ts";

/** The last 0.16 of each package, for the game that 0.17 plays, too. */
const colyseus016 = {
  "@colyseus/core": "0.16.26",
  "@colyseus/schema": "3.0.76",
  "@colyseus/ws-transport": "0.16.5",
  "colyseus.js": "0.16.22",
};

let project: PackedProject;
let told: ReadonlyMap<string, unknown>;

beforeAll(async () => {
  project = await installPackedProject({ consumer: "consumer-017", dependencies: colyseus016 });
  const { stdout } = await runProgram(["stories-016.mjs"], { cwd: project.folder });
  const stories = stdout
    .split("\n")
    .filter((line) => line.startsWith('{"story"'))
    .map((line) => JSON.parse(line) as { story: string; result: unknown });
  told = new Map(stories.map(({ story, result }) => [story, result]));
});
afterAll(() => project[Symbol.asyncDispose]());

test("0.16: both entries link", async () => {
  const program = `
    const [main, attach] = [await import("@questline/colyseus"), await import("@questline/colyseus/attach")];
    console.log(typeof main.questlineAuth, typeof attach.attach);`;
  const { stdout } = await runProgram(["--input-type=module", "--eval", program], { cwd: project.folder });
  expect(stdout).toContain("function function");
});

test("0.16: types resolve, and refuse a wrong payload", async () => {
  expect(await project.typeErrors("tsconfig.json")).toBe("");
});

test("0.16: a match counts once, for a player who left, too; no token is in options or auth", () => {
  expect(told.get("endMatch")).toEqual({ same: true, left: [true], played: [1, 1], leaked: false });
});

test("0.16: a match end that the state shows is reported once a round", () => {
  expect(told.get("watch")).toEqual({ played: [2, 2], won: [true, false] });
});

const returned = { same: true, left: [false], back: 1, before: [], played: 2 };

test("0.16: what a player missed arrives on coming back, and the next match counts; no method of the game runs for it", () => {
  expect(told.get("reconnect to a HoldingRoom")).toEqual(returned);
});

test("0.16: a player is back also where the game's own onLeave fails after it", () => {
  expect(told.get("reconnect to a FailingRoom")).toEqual(returned);
});

test("0.16: what a guest did counts once it has said who it is", () => {
  expect(told.get("guest")).toEqual({ played: [1, 1] });
});

test("0.16: without a proof: 401; Colyseus tokens are not given, which is said", () => {
  const endpoints = expect.stringMatching(/^TypeError: questlineEndpoints needs Colyseus 0\.17/);
  expect(told.get("limits")).toEqual({ refused: 401, endpoints });
});

test("0.16: attachTo delivers everything before the process ends", () => {
  expect(told.get("shutdown")).toEqual({ played: 1 });
});
