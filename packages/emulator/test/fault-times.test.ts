import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createEmulator, type Emulator, type FaultKind, type LoggedRequest } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { exchangeBytes, get, idOf, post, postBytes, type RawExchange, type Reply } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator({ clock: frozenClock() });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const FORM = "api_name=WINS_100&add_count=5";
const write = (): Promise<Reply> => post(emulator, `/${ada}/achievements`, { api_name: "WINS_100", add_count: "5" });
const writeRaw = (): Promise<RawExchange> => exchangeBytes(emulator, postBytes(`/${ada}/achievements`, FORM));
const count = (): bigint => emulator.world.progress(ada, "WINS_100").count;
const last = (): LoggedRequest | undefined => emulator.requests.list().at(-1);
const plan = (fault: FaultKind): string => emulator.faults.add({ operation: "achievements.write", ...fault });

describe("the time of faults", () => {
  const arrived = (): Promise<void> =>
    vi.waitFor(() => expect(emulator.requests.summary().pending).toBe(1), { interval: 1 });

  it("latency: waits before the effect by default", async () => {
    plan({ kind: "latency", ms: 1_000 });
    const waiting = write();
    await arrived();
    emulator.world.advance(999);
    expect(count()).toBe(0n);
    emulator.world.advance(1);
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
    emulator.world.advance(1_000);
    expect((await waiting).text).toContain("<html>");
  });

  it("latencies of several faults: the longest, never the sum", async () => {
    plan({ kind: "latency", ms: 1_000 });
    plan({ kind: "latency", ms: 400 });
    const waiting = write();
    await arrived();
    emulator.world.advance(999);
    expect(count()).toBe(0n);
    emulator.world.advance(1);
    expect(count()).toBe(5n);
    expect((await waiting).status).toBe(200);
    plan({ kind: "latency", ms: 300, when: "after" });
    plan({ kind: "latency", ms: 700, when: "after" });
    const answered = write();
    await arrived();
    expect(count()).toBe(10n);
    emulator.world.advance(699);
    expect(emulator.requests.summary().pending).toBe(1);
    emulator.world.advance(1);
    expect(emulator.requests.summary().pending).toBe(0);
    await answered;
  });

  const openWrite = async (): Promise<Socket> => {
    const { hostname, port } = new URL(emulator.url);
    const socket = connect(Number(port), hostname, () => socket.write(postBytes(`/${ada}/achievements`, FORM)));
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
    emulator.world.advance(499);
    expect(count()).toBe(0n);
    emulator.world.advance(1);
    expect(count()).toBe(5n);
    const { at = 0, endedAt, effectAt } = last() ?? {};
    expect([endedAt, effectAt]).toEqual([at, at + 500]);
  });

  it("delayedEffect that hangs: the client has to give up, and the time begins there", async () => {
    plan({ kind: "delayedEffect", ms: 500, hang: true });
    const socket = await openWrite();
    emulator.world.advance(2_000);
    expect([count(), last()?.pending]).toEqual([0n, true]);
    socket.resetAndDestroy();
    await vi.waitFor(() => expect(last()?.pending).toBe(false), { interval: 1 });
    emulator.world.advance(499);
    expect(count()).toBe(0n);
    emulator.world.advance(1);
    expect(count()).toBe(5n);
    const { at = 0, endedAt, effectAt } = last() ?? {};
    expect([endedAt, effectAt]).toEqual([at + 2_000, at + 2_500]);
  });

  it("a hanging request is cut by a reset, and its effect never comes", async () => {
    plan({ kind: "delayedEffect", ms: 500, hang: true });
    const waiting = writeRaw();
    await arrived();
    emulator.reset();
    expect((await waiting).ended).toBe("ECONNRESET");
    emulator.world.advance(500);
    expect(emulator.world.progress(idOf(emulator, "ada"), "WINS_100").count).toBe(0n);
  });

  it("a client that goes away leaves a request without a status, and an effect without a reader", async () => {
    plan({ kind: "latency", ms: 300 });
    await writeAndGo();
    emulator.world.advance(300);
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
      const reply = await get(emulator, `/${ada}/achievements?fields=count_progress`);
      return reply.body.data[0]?.count_progress;
    };
    await write();
    emulator.world.advance(1_000);
    await write();
    emulator.world.advance(400);
    emulator.faults.add({ kind: "laggingReads", ms: 500, times: 2 });
    expect(await read()).toBe(5);
    await write();
    expect(await read()).toBe(5);
    expect(await read()).toBe(15);
    emulator.faults.add({ kind: "laggingReads", ms: 5_000 });
    expect(await read()).toBeUndefined();
    expect(emulator.requests.count({ fault: "laggingReads" })).toBe(3);
    expect(emulator.requests.list({ fault: "laggingReads" }).map(({ lagMs }) => lagMs)).toEqual([500, 500, 5_000]);
  });

  it("reset and close cut what waits, and drop delayed effects", async () => {
    plan({ kind: "delayedEffect", ms: 500 });
    await writeRaw();
    plan({ kind: "latency", ms: 500 });
    const waiting = writeRaw();
    await arrived();
    emulator.reset();
    expect((await waiting).ended).toBe("ECONNRESET");
    emulator.world.advance(500);
    expect(emulator.world.progress(idOf(emulator, "ada"), "WINS_100").count).toBe(0n);
    expect(emulator.requests.summary()).toMatchObject({ total: 0, pending: 0 });
  });
});
