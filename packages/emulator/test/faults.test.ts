import { describe, expect, it } from "vitest";
import { EmulatorInputError } from "../src/index.ts";
import { faultScene } from "./fault-scene.ts";
import { control as controlOf, get, idOf, post, type Reply } from "./graph-client.ts";

const scene = faultScene();
const control = (method: string, path: string, body?: unknown): Promise<Reply> =>
  controlOf(scene.emulator, method, path, body);
const { write, writeRaw, count, last, plan } = scene;

describe("by page size", () => {
  const page = (query = ""): Promise<Reply> => get(scene.emulator, `/leaderboard_entries?api_name=HIGH_SCORE${query}`);

  it("meets only requests for more rows, asked for or by default", async () => {
    scene.emulator.faults.add({
      operation: "leaderboards.entries",
      kind: "garbage",
      status: 503,
      body: "",
      limitAbove: 20,
      times: "always",
    });
    const statuses = [];
    for (const query of ["&limit=20", "&limit=21", "", "&limit=x"]) statuses.push((await page(query)).status);
    expect(statuses).toEqual([200, 503, 503, 503]);
    scene.emulator.switches.set({ pageSize: 10 });
    expect((await page()).status).toBe(200);
    expect((await page("&limit=100")).text).toBe("");
    expect(scene.emulator.faults.list()[0]).toMatchObject({ fired: 4, left: "always" });
    expect(() => scene.emulator.faults.add({ kind: "empty", limitAbove: -1 })).toThrow("fault.limitAbove");
  });
});

describe("resets", () => {
  it("resetBefore: resets the connection and carries nothing out", async () => {
    plan({ kind: "resetBefore" });
    expect(await writeRaw()).toEqual({ received: "", ended: "ECONNRESET" });
    expect(count()).toBe(0n);
    expect(last()).toMatchObject({ status: null, pending: false, effect: false, fault: "resetBefore" });
    expect(scene.emulator.oracle.achievement(scene.ada, "WINS_100").writes).toBe(0);
  });

  it("resetAfter: carries out, then resets without a byte", async () => {
    plan({ kind: "resetAfter" });
    expect(await writeRaw()).toEqual({ received: "", ended: "ECONNRESET" });
    expect(count()).toBe(5n);
    expect(last()).toMatchObject({ status: null, effect: true, fault: "resetAfter" });
    expect(scene.emulator.oracle.achievement(scene.ada, "WINS_100")).toMatchObject({ writes: 1, added: 5n });
  });

  it("resetAfter truncated: promises more bytes than it sends", async () => {
    plan({ kind: "resetAfter", truncated: true });
    const { received } = await writeRaw();
    const [head = "", body = ""] = received.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1.1 200 /);
    const promised = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    expect(body.length).toBeGreaterThan(0);
    expect(body.length).toBeLessThan(promised);
    expect(count()).toBe(5n);
    expect(last()).toMatchObject({ status: null, effect: true });
    plan({ kind: "resetAfter", truncated: true });
    await expect(write()).rejects.toThrow("terminated");
  });

  it("delayedEffect: resets, and carries out when the time has come", async () => {
    plan({ kind: "delayedEffect", ms: 500 });
    expect((await writeRaw()).ended).toBe("ECONNRESET");
    scene.emulator.world.advance(499);
    expect(count()).toBe(0n);
    expect(last()).toMatchObject({ status: null, effect: false });
    scene.emulator.world.advance(1);
    expect(count()).toBe(5n);
    expect(last()).toMatchObject({ status: null, effect: true, fault: "delayedEffect" });
    expect(scene.emulator.requests.summary().byOperation["achievements.write"]).toMatchObject({
      total: 1,
      byStatus: { none: 1 },
      effects: 1,
      faults: 1,
    });
  });
});

describe("answers", () => {
  it("status: answers an envelope as it was captured, members, nesting and long numbers, also over HTTP", async () => {
    const captured =
      '{"message":"Too few gems","type":"OCApiException","code":-1,' +
      '"error_data":{"blame":["gems",{"owner":24010000000000001}],"none":null,"ok":false},"error_subcode":1614026,' +
      '"is_transient":false,"error_user_title":"Oh","error_user_msg":"No gems","fbtrace_id":"AbCdEf123"}';
    const fault = `{"kind":"status","status":400,"error":${captured},"times":2}`;
    expect((await control("POST", "/faults", fault)).status).toBe(200);
    for (let i = 0; i < 2; i += 1) expect((await write()).text).toBe(`{"error":${captured}}`);
    const list = await control("GET", "/faults");
    expect(list.text).toContain('"error_data":{"blame":["gems",{"owner":24010000000000001}],"none":null,"ok":false}');
    expect(list.headers.get("content-type")).toContain("application/json");
    const bad = { kind: "status", status: 400, error: { code: 1, error_data: { of: () => 1 } } } as never;
    expect(() => scene.emulator.faults.add(bad)).toThrow("fault.error.error_data");
  });

  it("status: answers it with the envelope given, and carries nothing out", async () => {
    const error = { code: 613, error_subcode: 9, message: "Slow down", type: "OAuthException", is_transient: false };
    plan({ kind: "status", status: 503, error, headers: { "x-app-usage": '{"call_count":100}' } });
    const reply = await write();
    expect(reply.status).toBe(503);
    expect(reply.body.error).toMatchObject(error);
    expect(reply.headers.get("x-app-usage")).toBe('{"call_count":100}');
    expect([count(), last()?.effect]).toEqual([0n, false]);
    plan({ kind: "status", status: 500 });
    expect((await write()).body.error).toMatchObject({ code: 2, is_transient: true });
  });

  it("throttle: answers 429 with Retry-After", async () => {
    plan({ kind: "throttle", retryAfterSeconds: 3, code: 17 });
    const reply = await write();
    expect([reply.status, reply.headers.get("retry-after"), reply.body.error.code]).toEqual([429, "3", 17]);
    plan({ kind: "throttle" });
    const bare = await write();
    expect([bare.status, bare.headers.get("retry-after"), bare.body.error.code]).toEqual([429, null, 4]);
    expect(count()).toBe(0n);
  });

  it("garbage: carries out and answers 200 with HTML, or what is given", async () => {
    plan({ kind: "garbage" });
    const html = await write();
    expect([html.status, html.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(html.text).toMatch(/^<!DOCTYPE html>/);
    plan({ kind: "garbage", body: '{"id":', contentType: "application/json" });
    expect(await write()).toMatchObject({ status: 200, text: '{"id":' });
    expect(count()).toBe(10n);
  });

  it("empty and effectThenStatus: carry out", async () => {
    plan({ kind: "empty" });
    expect(await write()).toMatchObject({ status: 200, text: "" });
    plan({ kind: "effectThenStatus" });
    const reply = await write();
    expect([reply.status, reply.body.error.code, count()]).toEqual([500, 2, 10n]);
    expect(last()).toMatchObject({ status: 500, effect: true, fault: "effectThenStatus" });
  });
});

describe("choosing requests", () => {
  const statuses = async (requests: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let i = 0; i < requests; i += 1) seen.push((await write()).status);
    return seen;
  };

  it("fires once by default, `times` times, or always, after the first `after`", async () => {
    plan({ kind: "status", status: 500 });
    expect(await statuses(2)).toEqual([500, 200]);
    scene.emulator.faults.clear();
    const id = scene.emulator.faults.add({ kind: "status", status: 500, times: 2, after: 1 });
    expect(await statuses(4)).toEqual([200, 500, 500, 200]);
    expect(scene.emulator.faults.list()).toMatchObject([{ id, seen: 4, fired: 2, left: 0 }]);
    scene.emulator.faults.clear();
    scene.emulator.faults.add({ kind: "status", status: 500, times: "always" });
    scene.emulator.faults.add({ kind: "throttle", times: Infinity });
    expect(await statuses(3)).toEqual([500, 500, 500]);
    expect(scene.emulator.faults.list()).toMatchObject([{ left: "always" }, { fired: 0, fault: { times: "always" } }]);
  });

  it("matches operation and user", async () => {
    scene.emulator.faults.add({ operation: ["users.get", "users.me"], kind: "status", status: 500 });
    expect(await statuses(1)).toEqual([200]);
    expect((await get(scene.emulator, `/${scene.ada}`)).status).toBe(500);
    scene.emulator.faults.add({ operation: "*", userId: idOf(scene.emulator, "grace"), kind: "status", status: 500 });
    expect(await statuses(1)).toEqual([200]);
    const submit = { api_name: "HIGH_SCORE", score: "1", user_id: idOf(scene.emulator, "grace") };
    expect((await post(scene.emulator, "/leaderboard_submit_entry", submit)).status).toBe(500);
  });

  it("draws chances from a seed: the same faults in the same order", async () => {
    const run = async (seed: number): Promise<(string | undefined)[]> => {
      scene.emulator.reset();
      scene.emulator.faults.chance({
        probability: 0.4,
        kinds: ["status", { kind: "throttle", retryAfterSeconds: 1 }, "garbage"],
        operations: ["achievements.write"],
        seed,
      });
      await statuses(40);
      return scene.emulator.requests.list().map(({ fault }) => fault);
    };
    const [first, again, other] = [await run(7), await run(7), await run(8)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set([undefined, "status", "throttle", "garbage"]));
    const fired = first.filter((fault) => fault !== undefined).length;
    expect(fired).toBeGreaterThan(6);
    expect(fired).toBeLessThan(28);
    expect(scene.emulator.faults.list()[0]).toMatchObject({ fault: { kind: "chance", seed: 8 }, seen: 40 });
  });

  it.each([
    [{ kind: "explode" }, "fault.kind"],
    [{ kind: "latency" }, "fault.ms"],
    [{ kind: "status", status: 99 }, "fault.status"],
    [{ kind: "resetBefore", operation: "achievements" }, "fault.operation"],
    [{ kind: "resetBefore", times: 0 }, "fault.times"],
    [{ kind: "resetBefore", probability: 1.1 }, "fault.probability"],
    [{ kind: "resetBefore", ms: 5 }, "fault"],
    [{ kind: "laggingReads", ms: 120_001 }, "fault.ms"],
    [{ kind: "delayedEffect", ms: 5, hang: "yes" }, "fault.hang"],
    ["resetBefore", "fault.kind"],
  ])("refuses %j naming %s", (fault, path) => {
    const problem = captured(() => scene.emulator.faults.add(fault as never));
    expect(problem).toBeInstanceOf(EmulatorInputError);
    expect(problem).toMatchObject({ path });
    expect(scene.emulator.faults.list()).toEqual([]);
  });

  it("removes one fault", async () => {
    const id = plan({ kind: "resetBefore" });
    expect(scene.emulator.faults.remove(id)).toBe(true);
    expect(scene.emulator.faults.remove(id)).toBe(false);
    expect((await write()).status).toBe(200);
  });
});

function captured(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
