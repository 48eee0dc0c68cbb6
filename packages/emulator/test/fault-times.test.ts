import { connect, type Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { FORM, faultScene } from "./fault-scene.ts";
import { get, idOf, postBytes } from "./graph-client.ts";

const scene = faultScene();
const { write, writeRaw, count, last, plan } = scene;

describe("the time of faults", () => {
  const arrived = (): Promise<void> =>
    vi.waitFor(() => expect(scene.emulator.requests.summary().pending).toBe(1), { interval: 1 });

  it("latency: waits before the effect by default", async () => {
    plan({ kind: "latency", ms: 1_000 });
    const waiting = write();
    await arrived();
    scene.emulator.world.advance(999);
    expect(count()).toBe(0n);
    scene.emulator.world.advance(1);
    expect(count()).toBe(5n);
    expect((await waiting).status).toBe(200);
    expect(last()?.fault).toBe("latency");
  });

  it("latency after: waits between effect and answer, beside another fault", async () => {
    plan({ kind: "latency", ms: 1_000, when: "after" });
    plan({ kind: "garbage" });
    const waiting = write();
    await arrived();
    expect(count()).toBe(5n);
    scene.emulator.world.advance(1_000);
    expect((await waiting).text).toContain("<html>");
  });

  it("latencies of several faults: the longest, never the sum", async () => {
    plan({ kind: "latency", ms: 1_000 });
    plan({ kind: "latency", ms: 400 });
    const waiting = write();
    await arrived();
    scene.emulator.world.advance(999);
    expect(count()).toBe(0n);
    scene.emulator.world.advance(1);
    expect(count()).toBe(5n);
    expect((await waiting).status).toBe(200);
    plan({ kind: "latency", ms: 300, when: "after" });
    plan({ kind: "latency", ms: 700, when: "after" });
    const answered = write();
    await arrived();
    expect(count()).toBe(10n);
    scene.emulator.world.advance(699);
    expect(scene.emulator.requests.summary().pending).toBe(1);
    scene.emulator.world.advance(1);
    expect(scene.emulator.requests.summary().pending).toBe(0);
    await answered;
  });

  const openWrite = async (): Promise<Socket> => {
    const { hostname, port } = new URL(scene.emulator.url);
    const socket = connect(Number(port), hostname, () => socket.write(postBytes(`/${scene.ada}/achievements`, FORM)));
    await arrived();
    return socket;
  };

  /** A write whose client goes away as soon as its request has arrived. */
  const writeAndGo = async (): Promise<void> => {
    (await openWrite()).resetAndDestroy();
    await vi.waitFor(() => expect(last()?.endedAt).toBeDefined(), { interval: 1 });
  };

  it("delayedEffect: counts from the end of the connection, also when the client ends it first", async () => {
    plan({ kind: "latency", ms: 300 });
    plan({ kind: "delayedEffect", ms: 500 });
    await writeAndGo();
    scene.emulator.world.advance(499);
    expect(count()).toBe(0n);
    scene.emulator.world.advance(1);
    expect(count()).toBe(5n);
    const { at = 0, endedAt, effectAt } = last() ?? {};
    expect([endedAt, effectAt]).toEqual([at, at + 500]);
  });

  it("delayedEffect that hangs: the client has to give up, and the time begins there", async () => {
    plan({ kind: "delayedEffect", ms: 500, hang: true });
    const socket = await openWrite();
    scene.emulator.world.advance(2_000);
    expect([count(), last()?.pending]).toEqual([0n, true]);
    socket.resetAndDestroy();
    await vi.waitFor(() => expect(last()?.pending).toBe(false), { interval: 1 });
    scene.emulator.world.advance(499);
    expect(count()).toBe(0n);
    scene.emulator.world.advance(1);
    expect(count()).toBe(5n);
    const { at = 0, endedAt, effectAt } = last() ?? {};
    expect([endedAt, effectAt]).toEqual([at + 2_000, at + 2_500]);
  });

  it("a hanging request is cut by a reset, and its effect never comes", async () => {
    plan({ kind: "delayedEffect", ms: 500, hang: true });
    const waiting = writeRaw();
    await arrived();
    scene.emulator.reset();
    expect((await waiting).ended).toBe("ECONNRESET");
    scene.emulator.world.advance(500);
    expect(scene.emulator.world.progress(idOf(scene.emulator, "ada"), "WINS_100").count).toBe(0n);
  });

  it("a client that goes away leaves a request without a status, and an effect without a reader", async () => {
    plan({ kind: "latency", ms: 300 });
    await writeAndGo();
    scene.emulator.world.advance(300);
    expect(count()).toBe(5n);
    const { at = 0, endedAt, effectAt, status, pending } = last() ?? {};
    expect({ endedAt, effectAt, status, pending }).toEqual({
      endedAt: at,
      effectAt: at + 300,
      status: null,
      pending: false,
    });
  });

  it("laggingReads: shows progress as it was", async () => {
    const read = async (): Promise<unknown> => {
      const reply = await get(scene.emulator, `/${scene.ada}/achievements?fields=count_progress`);
      return reply.body.data[0]?.count_progress;
    };
    await write();
    scene.emulator.world.advance(1_000);
    await write();
    scene.emulator.world.advance(400);
    scene.emulator.faults.add({ kind: "laggingReads", ms: 500, times: 2 });
    expect(await read()).toBe(5);
    await write();
    expect(await read()).toBe(5);
    expect(await read()).toBe(15);
    scene.emulator.faults.add({ kind: "laggingReads", ms: 5_000 });
    expect(await read()).toBeUndefined();
    expect(scene.emulator.requests.count({ fault: "laggingReads" })).toBe(3);
    expect(scene.emulator.requests.list({ fault: "laggingReads" }).map(({ lagMs }) => lagMs)).toEqual([
      500, 500, 5_000,
    ]);
  });

  it("reset and close cut what waits, and drop delayed effects", async () => {
    plan({ kind: "delayedEffect", ms: 500 });
    await writeRaw();
    plan({ kind: "latency", ms: 500 });
    const waiting = writeRaw();
    await arrived();
    scene.emulator.reset();
    expect((await waiting).ended).toBe("ECONNRESET");
    scene.emulator.world.advance(500);
    expect(scene.emulator.world.progress(idOf(scene.emulator, "ada"), "WINS_100").count).toBe(0n);
    expect(scene.emulator.requests.summary()).toMatchObject({ total: 0, pending: 0 });
  });
});
