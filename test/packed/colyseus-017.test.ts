import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../running-program.ts";
import { installPackedProject, type PackedProject } from "./packed-project.ts";

/** The last 0.17 of each package, and what its core asks for. */
const colyseus017 = {
  "@colyseus/auth": "0.17.9",
  "@colyseus/core": "0.17.51",
  "@colyseus/schema": "4.0.31",
  "@colyseus/sdk": "0.17.43",
  "@colyseus/ws-transport": "0.17.13",
  "@pm2/io": "6.1.0",
  express: "5.3.0",
};

/** Programs of the project; each plays its stories on a server of its own, and says what came of them. */
const programs = ["rooms.mjs", "matches.mjs", "notices.mjs", "identity.mjs", "forged.mjs", "lives.mjs"];

let project: PackedProject;
let told: ReadonlyMap<string, unknown>;

beforeAll(async () => {
  project = await installPackedProject({ consumer: "consumer-017", dependencies: colyseus017 });
  const lines: string[] = [];
  for (const program of programs) {
    const { stdout } = await runProgram([program], { cwd: project.folder });
    lines.push(...stdout.split("\n"));
  }
  const stories = lines
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

test("0.17: guests of the static hook join, and what they did is kept until they claim it, and counts once", () => {
  expect(told.get("guests of the static hook")).toEqual({
    auth: { questline: { guest: true } },
    forged: 401,
    same: true,
    before: { guestReports: { kept: 2, claimed: 0, dropped: 0 }, played: 0 },
    refused: { reason: "refused" },
    after: { guestReports: { kept: 0, claimed: 2, dropped: 0 }, played: 1 },
    known: "id,alias",
    bits: "0001000",
  });
});

test.each([
  ["StaticRoom", [401]],
  ["RequiredRoom", [401]],
  ["GuestsRoom", ["a stranger"]],
  ["PayloadRoom", ["a stranger"]],
  ["PayloadGuestsRoom", ["a stranger"]],
])("0.17: in a %s nobody becomes a player by what a signed token says", (name, ends) => {
  expect(told.get(`forged in ${name}`)).toEqual({ ends, written: 0 });
});

test("0.17: a hook of the game's own vouches with playerAuth", () => {
  expect(told.get("the word of the game's own hook")).toBe(1);
});

test.each(["PayloadRoom", "PayloadGuestsRoom"])("0.17: nobody takes over a session of a %s by naming it", (name) => {
  expect(told.get(`a claimed session in ${name}`)).toEqual({ taken: "refused", clients: 1 });
});

test("0.17: the creator's proof is not in the listing", () => {
  expect(told.get("the creator's proof")).toEqual({ listed: true, leaked: false });
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

test.each(["StateRoom", "BroadcastRoom", "BothRoom"])(
  "0.17: a match end that a %s shows is reported once a round, for a player who left, too",
  (name) => {
    expect(told.get(`watched by ${name}`)).toEqual({ played: [1, 2], won: [false, true] });
  },
);

test("0.17: several watches see one end and another; a wrong one among them costs the others nothing", () => {
  expect(told.get("several watches")).toEqual({ played: 1 });
});

test("0.17: a watch that throws costs its room nothing", () => {
  expect(told.get("a watch that throws")).toEqual({ reported: 1 });
});

test("0.17: tallies add up, also for a player who left, and begin anew with the round", () => {
  const nothing = [0, 0, "none"];
  expect(told.get("tallies")).toEqual({ first: [[3, 45, 25], nothing], won: [true, false], second: [nothing] });
});

test.each(["memory", "sqlite"])("0.17: streaks in %s go on in the player's next room", (store) => {
  expect(told.get(`streaks in ${store}`)).toEqual([0, 1, 2, 0, 1]);
});

test("0.17: an unlock comes after a drop, on a pull and in another room, until it is acknowledged", () => {
  expect(told.get("an unlock until it is acknowledged")).toEqual({
    first: { kinds: ["questline:progress", "questline:recorded", "questline:unlocked"], rank: 1 },
    here: { same: true, waiting: [] },
    elsewhere: true,
    after: 0,
  });
});

test("0.17: what is settled while the player has no seat is told in the next room", () => {
  const kinds = ["questline:progress", "questline:recorded", "questline:unlocked"];
  expect(told.get("settled with no seat at all")).toEqual(kinds);
});

test("0.17: a pull says what waits, and why", () => {
  expect(told.get("what waits, and why")).toEqual({ reason: "token", waiting: ["BEST_TIME"] });
});

test.each(["CrowdedRoom", "OwnAuthRoom"])(
  "0.17: a seat of a %s taken meanwhile does not spend the nonce twice",
  (name) => {
    const nonce = { validations: 1, accepted: 1 };
    expect(told.get(`a taken seat of ${name}`)).toEqual({ asked: 3, nonce, played: 1 });
  },
);

test("0.17: the game's own check adds to auth, and refuses", () => {
  expect(told.get("the game's own check")).toEqual({ id: 7, same: true, banned: 525 });
});

test("0.17: without a good proof: 401, from the static hook and from the room", () => {
  expect(told.get("without a good proof")).toEqual([401, 401, 401]);
});

test("0.17: in seats that the server gives, players are who `client.auth` says", () => {
  expect(told.get("seats given by the server")).toEqual({ connected: 2, played: 1, ends: 1, nobody: 401 });
});

test("0.17: the exchange endpoint in Express gives a token for rooms with and without the static hook", () => {
  expect(told.get("the exchange endpoint in Express")).toEqual({
    refused: 401,
    same: true,
    opened: ["DuelRoom", "RequiredRoom"],
    forged: [401, 401],
  });
});

test("0.17: SIGTERM while the platform is down leaves what is durable to the next life", () => {
  expect(told.get("SIGTERM")).toEqual({ durable: "accepted", code: 0, before: 0, after: 1 });
});

test("0.17: a match goes on over a devMode restart, beside what the game caches", () => {
  expect(told.get("devMode")).toEqual({
    same: true,
    cached: { theirs: 7, questline: ["matchId", "players", "tallies"] },
  });
});
