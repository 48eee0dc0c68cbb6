import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createQuestline, memoryStore, oncePerMatch, silentLogger, simple, sqliteStore } from "@questline/core";
import type { Questline } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import type { Emulator } from "@questline/emulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const USER = "80000000000000001";
const server = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;

let folder: string;
let emulator: Emulator;
let questline: Questline | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-throttle-"));
  const achievements = [{ api_name: "FIRST_WIN", achievement_type: "SIMPLE", ...server }] as const;
  emulator = await createEmulator({
    seed: { apps: [{ id: "1", secret: "test-secret", achievements }], users: [{ alias: "amber", ids: { "1": USER } }] },
  });
});
afterEach(async () => {
  await questline?.close({ timeoutMs: 0 }).catch(() => undefined);
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ["in the game's thread", () => memoryStore()],
  ["in a thread of their own", () => sqliteStore(join(folder, "questline.db"))],
] as const)("deliveries %s", (_, store) => {
  test("tell how much is sent at once, why not more, and that it goes on", async () => {
    const running = createQuestline({
      app: { id: "1", secret: "test-secret" },
      store: store(),
      graph: { baseUrl: emulator.url, timeoutMs: 5_000 },
      delivery: { windowMs: 0, concurrency: 10 },
      logger: silentLogger,
      achievements: { FIRST_WIN: simple() },
      events: { won: oncePerMatch<object>() },
      rules: { won: ({ unlock }) => [unlock("FIRST_WIN")] },
    });
    questline = running as unknown as Questline;
    await running.ready;
    expect(running.throttle()).toEqual({ state: "open", limit: 10, maxLimit: 10, inUse: 0, waiting: 0 });
    emulator.faults.add({
      operation: "achievements.write",
      kind: "throttle",
      code: 4,
      retryAfterSeconds: 1,
      headers: { "x-app-usage": '{"call_count":100,"total_time":5,"total_cputime":5}' },
    });
    await running.match("m1").report(USER, "won", {}).durable;
    await expect.poll(() => running.throttle()).toMatchObject({ state: "paused", reason: "rate-limited", limit: 1 });
    expect(running.throttle().untilMs).toBeGreaterThan(0);
    await running.flush();
    // The platform said that all of the app's allowance is used: one at a time for now.
    await expect
      .poll(() => running.throttle())
      .toEqual({ state: "open", limit: 1, maxLimit: 10, inUse: 0, waiting: 0 });
    expect(running.stats().delivered).toBe(1);
  });
});
