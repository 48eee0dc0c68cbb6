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
    const log = new RequestRecorder(100);
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
