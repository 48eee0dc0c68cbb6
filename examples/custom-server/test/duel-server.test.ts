import { createEmulator, type Emulator } from "@questline/emulator";
import { memoryStore } from "@questline/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDuelQuestline, type DuelQuestline } from "../src/duel-questline.ts";
import { startDuelServer, type DuelServer } from "../src/duel-server.ts";
import { ADA, duelSeed, GRACE } from "./duel-seed.ts";
import { connectPlayer, type TestPlayer } from "./player.ts";

let emulator: Emulator;
let questline: DuelQuestline;
let server: DuelServer;

beforeEach(async () => {
  emulator = await createEmulator({ seed: duelSeed });
  questline = createDuelQuestline({
    app: { id: "1", secret: "test-secret" },
    store: memoryStore(),
    graph: { baseUrl: emulator.url },
  });
  await questline.ready;
  server = await startDuelServer(questline);
});
afterEach(async () => {
  await server.close();
  await questline.close();
  await emulator.close();
});

async function logIn(token: string): Promise<TestPlayer> {
  const player = await connectPlayer(server.url);
  player.say({ type: "login", token });
  return player;
}

test("a duel ends in achievements for both, a win for one and two scores", async () => {
  const ada = await logIn("FRL-ada");
  expect(await ada.hear("welcome")).toEqual({ type: "welcome", id: ADA });
  const grace = await logIn("FRL-grace");
  expect(await grace.hear("welcome")).toEqual({ type: "welcome", id: GRACE });

  for (let taps = 0; taps < 4; taps++) grace.say({ type: "tap" });
  for (let taps = 0; taps < 10; taps++) ada.say({ type: "tap" });
  expect(await ada.hear("ended")).toMatchObject({ won: true, taps: 10 });
  const { won, taps: graceTaps } = await grace.hear("ended");
  expect(won).toBe(false);

  expect(await ada.hear("unlocked")).toEqual({ type: "unlocked", achievement: "FIRST_DUEL" });
  expect(await grace.hear("unlocked")).toEqual({ type: "unlocked", achievement: "FIRST_DUEL" });
  await questline.flush();
  expect(emulator.world.progress(ADA, "DUELS_WON").count).toBe(1n);
  expect(emulator.world.achievements(GRACE).map(({ apiName }) => apiName)).toEqual(["FIRST_DUEL"]);
  expect(emulator.world.entries("MOST_TAPS").map(({ userId, score }) => [userId, score])).toEqual([
    [ADA, 10n],
    [GRACE, BigInt(graceTaps as number)],
  ]);
});

test("a token that the platform does not know is refused and the connection closed", async () => {
  const stranger = await logIn("FRL-nobody");
  const refused = await stranger.hear("refused");
  expect(refused).toEqual({ type: "refused", code: "proof_refused" });
  expect(await stranger.closed).toBe(4401);
});

test("the server says over HTTP who plays and what is owed", async () => {
  const ada = await logIn("FRL-ada");
  await ada.hear("welcome");
  const answer = await fetch(server.url.replace("ws:", "http:"));
  expect(await answer.json()).toEqual({ players: 1, owed: 0 });
});

test("what is not a message, and a tap before the login, change nothing", async () => {
  const ada = await connectPlayer(server.url);
  ada.say(["tap"]);
  ada.say({ type: "tap" });
  ada.say({ type: "login", token: "FRL-ada" });
  expect(await ada.hear("welcome")).toEqual({ type: "welcome", id: ADA });
  expect(emulator.requests.summary().writes).toBe(0);
});

test("closing the server says goodbye to its players, and its questline owes nothing", async () => {
  const ada = await logIn("FRL-ada");
  await ada.hear("welcome");
  await server.close();
  expect(await ada.closed).toBe(1001);
  expect(await questline.close({ timeoutMs: 5_000 })).toMatchObject({ owed: 0, dead: 0 });
});
