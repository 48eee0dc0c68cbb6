import { simple } from "@questline/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => vi.resetModules());
afterEach(() => {
  vi.restoreAllMocks();
  for (const name of ["@colyseus/sdk", "@colyseus/testing", "@questline/emulator"]) vi.doUnmock(name);
});

async function startGame(): Promise<unknown> {
  const { createQuestlineTest } = await import("../src/testing/create-questline-test.ts");
  return createQuestlineTest({ achievements: { FIRST_WIN: simple() }, events: {}, rooms: () => ({}) });
}

test.for(["@colyseus/sdk", "@colyseus/testing", "@questline/emulator"])(
  "without %s the error names it, and what to install",
  async (name) => {
    // Nor is it where the game is.
    vi.spyOn(process, "cwd").mockReturnValue("/nowhere");
    process.argv[1] = "/nowhere/game.js";
    vi.doMock(name, () => {
      throw new Error(`Cannot find package '${name}'`);
    });
    const said = await startGame().catch((error: Error) => error.message);
    expect(said).toContain(`could not load ${name}: npm install --save-dev `);
    expect(said).toMatch(new RegExp(`install --save-dev.* ${name}\\b`));
  },
);

test("a test server of another copy of Colyseus is refused, and nothing is left running", async () => {
  const closed = vi.fn<() => void>();
  const { createEmulator } = await import("@questline/emulator");
  vi.doMock("@questline/emulator", () => ({
    async createEmulator(...options: Parameters<typeof createEmulator>) {
      const emulator = await createEmulator(...options);
      return {
        ...emulator,
        async close() {
          await emulator.close();
          closed();
        },
      };
    },
  }));
  vi.doMock("@colyseus/testing", () => ({
    async boot({ initializeGameServer }: { initializeGameServer: (server: object) => void }) {
      initializeGameServer({ define() {} });
    },
  }));
  await expect(startGame()).rejects.toThrow("two copies of @colyseus/core are installed");
  expect(closed).toHaveBeenCalledOnce();
});
