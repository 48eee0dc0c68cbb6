import { simple } from "@questline/core";
import type * as emulators from "@questline/emulator";
import { expect, test, vi } from "vitest";
import { createQuestlineTest } from "../src/testing/index.ts";

const { closed } = vi.hoisted(() => ({ closed: vi.fn<() => void>() }));

vi.mock("@colyseus/testing", () => ({ boot: () => Promise.reject(new Error("no port is free")) }));
vi.mock("@questline/emulator", async (original) => {
  const { createEmulator } = await original<typeof emulators>();
  return {
    async createEmulator(...options: Parameters<typeof createEmulator>) {
      const emulator = await createEmulator(...options);
      return { ...emulator, close: () => emulator.close().then(closed) };
    },
  };
});

test("a test server that does not start leaves nothing running", async () => {
  const started = createQuestlineTest({ achievements: { FIRST_WIN: simple() }, events: {}, rooms: () => ({}) });
  await expect(started).rejects.toThrow("no port is free");
  expect(closed).toHaveBeenCalledOnce();
});
