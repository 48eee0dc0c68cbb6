import { expect, test, vi } from "vitest";
import { Hub } from "../src/hub.ts";
import { TOKEN } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { fakeQuestline } from "./fake-questline.ts";
import { scene, turn } from "./scene.ts";

test("questlineAuth alone listens for tokens that are wanted: no room has to exist", () => {
  const fake = fakeQuestline();
  questlineAuth(fake.questline);
  expect(fake.listeners()).toBe(2);
});

test("a token wanted before the player's first room is asked for there", async () => {
  const fake = scene();
  fake.want({ userId: "7", reason: "refused" });
  const client = await fake.join("s1", { id: "7" });
  expect(client.sent).toEqual([{ type: TOKEN, payload: { reason: "refused" } }]);
});

test("results a dead process left waiting for a token: the player is asked on coming back, once", async () => {
  const fake = scene();
  fake.parked.add("7");
  const client = await fake.join("s1", { id: "7" });
  const other = await fake.join("s2", { id: "8" });
  await turn();
  expect(client.sent).toEqual([{ type: TOKEN, payload: { reason: "missing" } }]);
  expect(other.sent).toEqual([]);
});

test("a store that cannot be read breaks no join", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { questline } = fakeQuestline();
  const hub = new Hub({ ...questline, inspect: () => Promise.reject(new Error("closed")) });
  const wishes = { notices: true, progress: false, ranks: false };
  const seat = { send: () => true, notify: () => true, wishes } as never;
  expect(() => hub.enter("7", seat)).not.toThrow();
  await turn();
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.any(String), { userId: "7", error: "Error: closed" });
  warned.mockRestore();
});
