import { afterEach, expect, test, vi } from "vitest";
import { mintJwt, readJwt } from "../src/colyseus-jwt.ts";
import { fakeQuestline } from "./fake-questline.ts";

vi.mock("@colyseus/auth/JWT", () => {
  throw new Error("Cannot find package '@colyseus/auth'");
});
const { users } = fakeQuestline();
afterEach(() => vi.restoreAllMocks());

test("without @colyseus/auth nothing is minted or read, and the error names what to install", async () => {
  // Nor is it where the game is.
  vi.spyOn(process, "cwd").mockReturnValue("/nowhere");
  process.argv[1] = "/nowhere/game.js";
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  await expect(mintJwt(users, { id: "7" }, 60)).rejects.toThrow(/npm install @colyseus\/auth/);
  expect(await readJwt(users, "a.b.c", console)).toEqual({ problem: "This server takes no Colyseus tokens." });
  expect(JSON.stringify(warned.mock.calls)).toMatch(/npm install @colyseus\/auth/);
});
