import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../running-program.ts";
import { installPackedProject, type PackedProject } from "./packed-project.ts";

/** The last 0.17 of each package, and what its core asks for. */
const colyseus017 = {
  "@colyseus/core": "0.17.51",
  "@colyseus/schema": "4.0.31",
  "@colyseus/sdk": "0.17.43",
  "@colyseus/ws-transport": "0.17.13",
  "@pm2/io": "6.1.0",
  express: "5.3.0",
};

let project: PackedProject;
let told: ReadonlyMap<string, unknown>;

beforeAll(async () => {
  project = await installPackedProject({ consumer: "consumer-017", dependencies: colyseus017 });
  const { stdout } = await runProgram(["rooms.mjs"], { cwd: project.folder });
  const stories = stdout
    .split("\n")
    .filter((line) => line.startsWith('{"story"'))
    .map((line) => JSON.parse(line) as { story: string; result: unknown });
  told = new Map(stories.map(({ story, result }) => [story, result]));
});
afterAll(() => project[Symbol.asyncDispose]());

test("0.17: both entries link against a core without room plugins", async () => {
  const program = `
    const core = await import("@colyseus/core");
    const [main, attach] = [await import("@questline/colyseus"), await import("@questline/colyseus/attach")];
    console.log("RoomPlugin" in core, typeof main.questlineAuth, typeof attach.attach);`;
  const { stdout } = await runProgram(["--input-type=module", "--eval", program], { cwd: project.folder });
  expect(stdout).toContain("false function function");
});

test("0.17: types resolve, and refuse a wrong payload", async () => {
  expect(await project.typeErrors("tsconfig.json")).toBe("");
});

test("0.17: header and join option let players in; no token is in options, auth or what is attached", () => {
  expect(told.get("identity")).toEqual({ auth: ["id,alias"], leaked: false });
});

test.each([
  ["DuelRoom", []],
  ["NotingRoom", ["join", "join", "leave"]],
  ["DerivedRoom", ["join", "join", "leave"]],
  ["GuardedRoom", ["join", "join", "leave"]],
  ["ArrowRoom", ["join", "join", "leave"]],
  ["ThrowingRoom", ["join", "join", "leave"]],
])("0.17: the first %s runs its hooks once, and a player who left is reported once", (name, calls) => {
  expect(told.get(`hooks of ${name}`)).toEqual({ calls, repeated: true, played: [1, 1] });
});

test("0.17: a subclass that attaches again has the same", () => {
  expect(told.get("attached twice")).toBe(true);
});

test("0.17: a player the room rejects midway is not in the round", () => {
  expect(told.get("rejected midway")).toEqual({ refused: "a ban of the game's own", reported: [true] });
});

test.each(["HoldingRoom", "OldStyleRoom"])("0.17: what a player missed arrives on coming back to a %s", (name) => {
  const heard = ["questline:recorded", "questline:unlocked"];
  expect(told.get(`came back to ${name}`)).toEqual({ before: 0, heard, played: 1 });
});

test("0.17: an expired token is asked for anew, and the score goes on", () => {
  expect(told.get("a fresh token")).toEqual({ asked: { reason: "refused" }, score: "81250" });
});

test("0.17: without the static hook players are verified by the room, and a guest claims what it did", () => {
  expect(told.get("guests")).toEqual({ reported: [true], scrubbed: true, kept: 0, claimed: 1, dropped: 0 });
});

test("0.17: what a room reports in onDispose counts", () => {
  expect(told.get("reported in onDispose")).toBe(1);
});

test("0.17: attachTo closes Questline after rooms and the game's own callback, with everything delivered", () => {
  expect(told.get("shutdown")).toEqual({
    order: ["rooms", "the game's own callback"],
    bits: "0001000",
    late: "refused",
    rooms: 0,
  });
});
