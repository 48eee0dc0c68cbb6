import { expect, test, vi } from "vitest";
import { loadTools } from "../src/testing/tools.ts";

vi.mock("@colyseus/testing", () => {
  throw new Error("Cannot find package '@colyseus/testing'");
});

test("an error names what a game has to install to test with Questline", async () => {
  // Nor is it where the game is.
  vi.spyOn(process, "cwd").mockReturnValue("/nowhere");
  process.argv[1] = "/nowhere/game.js";
  await expect(loadTools()).rejects.toThrow(
    /could not load @colyseus\/testing: npm install --save-dev .*@colyseus\/testing .*@questline\/emulator/,
  );
});
