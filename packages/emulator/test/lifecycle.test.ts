import { describe, expect, it, vi } from "vitest";
import { createEmulator } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, exchangeBytes, get, idOf, post } from "./graph-client.ts";

describe("an emulator", () => {
  it("listens where it is told, and says so", async () => {
    await using first = await createEmulator();
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const port = Number(new URL(first.url).port);
    await expect(createEmulator({ port })).rejects.toThrow(`Cannot listen on 127.0.0.1:${port}`);
  });

  it("closes twice, cutting what waits and dropping what was to come", async () => {
    const emulator = await createEmulator({ clock: frozenClock() });
    const ada = idOf(emulator, "ada");
    emulator.faults.add({ kind: "delayedEffect", ms: 10 });
    await exchangeBytes(emulator, `GET /me HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    emulator.faults.add({ kind: "latency", ms: 10 });
    const waiting = exchangeBytes(emulator, `POST /${ada}/achievements HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await vi.waitFor(() => expect(emulator.requests.summary().pending).toBe(1), { interval: 1 });
    await Promise.all([emulator.close(), emulator.close()]);
    expect((await waiting).ended).toBe("ECONNRESET");
    await expect(get(emulator, "/me", ADA_TOKEN)).rejects.toThrow("fetch failed");
  });

  it("lives apart from another: one world each", async () => {
    await using one = await createEmulator();
    await using two = await createEmulator();
    const ada = idOf(one, "ada");
    await post(one, `/${ada}/achievements`, { api_name: "WINS_100", add_count: "5" });
    expect(one.world.progress(ada, "WINS_100").count).toBe(5n);
    expect(two.world.progress(ada, "WINS_100").count).toBe(0n);
    expect(two.requests.count()).toBe(0);
  });

  it("starts over on reset: world, faults, log, oracle, switches and clock", async () => {
    const clock = frozenClock(5_000);
    await using emulator = await createEmulator({ clock, seed: { switches: { pageSize: 7 } } });
    const ada = idOf(emulator, "ada");
    await post(emulator, `/${ada}/achievements`, { api_name: "FIRST_WIN", force_unlock: "true" });
    emulator.world.advance(1_000);
    emulator.world.expireToken(ADA_TOKEN);
    emulator.switches.set({ pageSize: 3, writePolicy: "strict" });
    emulator.faults.add({ kind: "resetBefore" });
    emulator.reset();
    expect(emulator.world.progress(ada, "FIRST_WIN").unlocked).toBe(false);
    expect(emulator.world.snapshot().now).toBe(5_000);
    expect(emulator.switches.get()).toMatchObject({ pageSize: 7, writePolicy: "lenient" });
    expect(emulator.faults.list()).toEqual([]);
    expect(emulator.requests.summary().total).toBe(0);
    expect(emulator.oracle.achievement(ada, "FIRST_WIN").writes).toBe(0);
    expect((await get(emulator, "/me", ADA_TOKEN)).status).toBe(200);
  });

  it("keeps everything when a reset's seed cannot be used", async () => {
    await using emulator = await createEmulator();
    const before = emulator.world.snapshot().users;
    emulator.switches.set({ pageSize: 3 });
    expect(() => emulator.reset({ users: [{ alias: "eve", friends: ["nobody"] }] })).toThrow(
      "seed.users[0].friends[0]",
    );
    expect(emulator.world.snapshot().users).toEqual(before);
    expect(emulator.switches.get().pageSize).toBe(3);
  });
});
