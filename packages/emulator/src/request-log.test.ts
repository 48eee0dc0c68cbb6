import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { RequestRecorder } from "./request-log.ts";

const entry = {
  at: 0,
  operation: "achievements.write",
  method: "POST",
  path: "/1",
  params: {},
  tokenKind: "app",
} as const;

describe("request log", () => {
  it("drops the oldest above its limit, counts them, and keeps the summary whole", () => {
    const log = new RequestRecorder({ rows: 100, bytes: 1_000_000 });
    for (let i = 0; i < 1_000; i += 1) log.finish(log.open(entry), i % 2 === 0 ? 200 : null);
    const kept = log.list();
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThan(125);
    expect(kept.at(-1)?.n).toBe(1_000);
    expect(kept[0]?.n).toBe(1_000 - kept.length + 1);
    expect(log.summary()).toMatchObject({
      total: 1_000,
      writes: 1_000,
      dropped: 1_000 - kept.length,
      byOperation: { "achievements.write": { total: 1_000, byStatus: { "200": 500, none: 500 } } },
    });
  });

  it("holds no more bytes than its limit, whatever is written into it", () => {
    const log = new RequestRecorder({ rows: 1_000_000, bytes: 1_000_000 });
    const params = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`parameter-${n}`, "é".repeat(256)]));
    for (let i = 0; i < 1_000; i += 1) log.finish(log.open({ ...entry, params }), 200);
    const kept = log.list();
    // Two bytes for each of 64 * 256 characters, and something for the names.
    const least = 64 * 256 * 2;
    expect(kept.length * least).toBeLessThan(1_250_000);
    expect(kept.length * least).toBeGreaterThan(500_000);
    expect([kept.at(-1)?.n, log.summary().dropped]).toEqual([1_000, 1_000 - kept.length]);
    for (let i = 0; i < 1_000; i += 1) log.finish(log.open(entry), 200);
    expect(log.count()).toBeGreaterThanOrEqual(1_000);
    log.clear();
    for (let i = 0; i < 100; i += 1) log.finish(log.open(entry), 200);
    expect(log.summary().dropped).toBe(0);
  });

  it("keeps nothing of a request but what it shows", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const log = new RequestRecorder();
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 60; i += 1) {
      const body = Array.from({ length: 1_024 }, () => "y".repeat(1_024)).join("");
      const part = (from: number): string => body.slice(from, from + 200);
      log.finish(log.open({ ...entry, path: part(1), userId: part(2), apiName: part(3), params: { x: part(4) } }), 200);
    }
    collect();
    expect(log.count()).toBe(60);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1_048_576);
  });

  it("counts an effect once, also one that comes after the end", () => {
    const log = new RequestRecorder();
    const opened = log.open({ ...entry, fault: "delayedEffect" });
    log.finish(opened, null);
    log.tookEffect(opened, 7);
    log.tookEffect(opened, 7);
    expect(log.summary()).toMatchObject({ effects: 1, faults: 1, pending: 0 });
    expect(log.list({ effect: true })).toMatchObject([{ effectAt: 7 }]);
  });

  it("hands out copies", () => {
    const log = new RequestRecorder();
    const opened = log.open(entry);
    const [before] = log.list();
    log.finish(opened, 200);
    expect(before).toMatchObject({ pending: true, status: null });
  });

  it("leaves requests that were open at clear() out of the new summary", () => {
    const log = new RequestRecorder();
    const opened = log.open(entry);
    log.clear();
    log.finish(opened, 200);
    expect(log.summary()).toMatchObject({ total: 0, pending: 0, byOperation: {} });
  });

  it("does not take unanswered requests for destroyed ones", () => {
    const log = new RequestRecorder();
    log.open(entry);
    log.finish(log.open(entry), null);
    expect(log.count({ status: null })).toBe(1);
  });
});
