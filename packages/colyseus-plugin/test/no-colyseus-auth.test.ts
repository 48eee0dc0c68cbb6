import { afterEach, expect, test, vi } from "vitest";
import { mintJwt, readJwt } from "../src/colyseus-jwt.ts";

vi.mock("@colyseus/auth/JWT", () => {
  throw new Error("Cannot find package '@colyseus/auth'");
});
afterEach(() => vi.restoreAllMocks());

test("without @colyseus/auth nothing is minted or read, and the error names what to install", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  await expect(mintJwt({ id: "7" }, 60)).rejects.toThrow(/npm install @colyseus\/auth/);
  expect(await readJwt("a.b.c")).toEqual({ problem: "This server takes no Colyseus tokens." });
  expect(JSON.stringify(warned.mock.calls)).toMatch(/npm install @colyseus\/auth/);
});
