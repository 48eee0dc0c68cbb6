import { describe, expect, test } from "vitest";
import { TOKEN } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { fakeQuestline } from "./fake-questline.ts";
import type { FakeClient } from "./fake-room.ts";
import { scene, turn, won, type Scene } from "./scene.ts";

const byOption = (): Scene => scene({ auth: "guests" });
/** Guests are let in by the room class. */
function byStaticHook(): Scene {
  const onAuth = questlineAuth(fakeQuestline().questline, { guests: true });
  return scene({}, { constructor: { name: "LobbyRoom", onAuth } } as never);
}

/** A guest proves to be this user, before the running turn of the event loop is over. */
async function claim({ plugin }: Scene, guest: FakeClient, userId: string): Promise<void> {
  plugin.messages[TOKEN](guest, { token: `token-of-${userId}` });
  for (let callbacks = 0; callbacks < 20; callbacks++) await Promise.resolve();
  expect(guest.auth).toMatchObject({ id: userId });
}

const told = ({ reported }: Scene): string[] =>
  reported.map(({ match, event, userId }) => `${match} ${event} ${userId}`);

describe.each([
  ["the option", byOption],
  ["the static hook", byStaticHook],
])("guests by %s in a round that ends with several events", (_, make) => {
  test("every event is kept for the match that ends, with what its own functions report", async () => {
    const room = make();
    const { plugin, join } = room;
    const guest = await join("s1", undefined);
    const counts: number[] = [];
    plugin.endMatch("matchEnded", ({ sessionId }) => {
      plugin.report(sessionId, "kill", { weapon: "bow" }, { id: "k-1" });
      return { won: true };
    });
    plugin.endMatch("kill", ({ tally }) => (counts.push(tally.count("kill")), { weapon: "crown" }));
    expect([plugin.matchId, counts]).toEqual(["room-1:2", [1]]);
    await turn();
    await claim(room, guest, "7");
    expect(told(room)).toEqual(["room-1:1 kill 7", "room-1:1 matchEnded 7", "room-1:1 kill 7"]);
    expect(plugin.toJSON().guestReports).toEqual({ kept: 0, claimed: 3, dropped: 0 });
  });

  test("a guest who claims between two ends of one turn has both, and what they did", async () => {
    const room = make();
    const guest = await room.join("s1", undefined);
    room.plugin.report(guest, "kill", { weapon: "bow" }, { id: "k-1" });
    expect(room.plugin.endMatch("matchEnded", won).size).toBe(0);
    await claim(room, guest, "7");
    const shown: unknown[] = [];
    const receipts = room.plugin.endMatch("kill", ({ userId, guest: isGuest, auth, tally }) => {
      shown.push([userId, isGuest, auth, tally.count("kill")]);
      return { weapon: "crown" };
    });
    expect(shown).toEqual([["7", undefined, { id: "7" }, 1]]);
    expect([...receipts.keys()]).toEqual(["7"]);
    expect(told(room)).toEqual(["room-1:1 kill 7", "room-1:1 matchEnded 7", "room-1:1 kill 7"]);
  });

  test("a guest who turns out to be a player of the round is shown once", async () => {
    const room = make();
    await room.join("s1", { id: "7" });
    const guest = await room.join("s2", undefined);
    room.plugin.endMatch("matchEnded", won);
    await claim(room, guest, "7");
    const shown: string[] = [];
    room.plugin.endMatch("kill", ({ sessionId }) => (shown.push(sessionId), { weapon: "crown" }));
    expect(shown).toEqual(["s1"]);
  });
});
