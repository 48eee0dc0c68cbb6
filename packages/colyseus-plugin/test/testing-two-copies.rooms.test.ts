import { oncePerMatch, simple } from "@questline/core";
import { expect, test, vi } from "vitest";
import { createQuestlineTest } from "../src/testing/index.ts";

// Ours is a copy; `@colyseus/testing` has its own.
vi.mock("@colyseus/core", async (original) => ({
  ...(await original<object>()),
  Server: class {
    other = true;
  },
}));

test("a test server of another copy of Colyseus is refused, since it would not see the game's rooms", async () => {
  for (const level of ["info", "warn", "log"] as const) vi.spyOn(console, level).mockImplementation(() => {});
  const game = createQuestlineTest({
    achievements: { FIRST_WIN: simple() },
    events: { matchEnded: oncePerMatch() },
    rooms: () => ({}),
  });
  await expect(game).rejects.toThrow(/two copies of @colyseus\/core are installed.*npm ls @colyseus\/core/s);
});
