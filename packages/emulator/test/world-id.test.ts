import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, type Fault, seededRandom } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, APP_TOKEN, control, exchangeBytes, get, idOf, post, send } from "./graph-client.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ random: seededRandom(1), clock: frozenClock() });
});
afterAll(() => emulator.close());

const HEADER = "x-questline-emulator-world";
const told = async (path = "/me", headers = {}): Promise<string | null> =>
  (await send(emulator, "GET", path, { token: ADA_TOKEN, headers })).headers.get(HEADER);

describe("a world's id", () => {
  it("is another one at every start, also with one seed, and at every reset, in whatever way", async () => {
    await using other = await createEmulator({ random: seededRandom(1), clock: frozenClock() });
    const seen = [other.world.id, emulator.world.id];
    emulator.reset();
    seen.push(emulator.world.id);
    emulator.reset({ apps: [{ id: "1", secret: "test-secret" }] });
    seen.push(emulator.world.id);
    const { body } = await control(emulator, "POST", "/reset");
    expect(body.world).toBe(emulator.world.id);
    seen.push(body.world, emulator.worlds.open("one").world.id);
    expect(new Set(seen).size).toBe(6);
    for (const id of seen) expect(id).toMatch(/^[0-9a-f]{16}$/);
  });

  it("stays while the world does: writes, the clock, faults, and a reset that is refused", async () => {
    const { id } = emulator.world;
    emulator.world.advance(86_400_000);
    await post(emulator, "/achievement_remove_all", { user_id: idOf(emulator, "ada") });
    expect(() => emulator.reset({ users: [{ alias: "eve", friends: ["nobody"] }] })).toThrow(
      "seed.users[0].friends[0]",
    );
    expect([emulator.world.id, await told()]).toEqual([id, id]);
  });

  it("is told by every answer of Graph: results, refusals, and faults", async () => {
    const { id } = emulator.world;
    expect(await Promise.all(["/me", "/nowhere", "/me?fields={"].map((path) => told(path)))).toEqual([id, id, id]);
    const faults: readonly Fault[] = [
      { kind: "status", status: 503 },
      { kind: "throttle" },
      { kind: "garbage" },
      { kind: "empty" },
      { kind: "effectThenStatus" },
    ];
    for (const fault of faults) {
      emulator.faults.add(fault);
      expect([fault.kind, await told()]).toEqual([fault.kind, id]);
    }
    emulator.faults.add({ kind: "resetAfter", truncated: true });
    const bytes = `GET /me?access_token=${ADA_TOKEN} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    expect((await exchangeBytes(emulator, bytes)).received).toContain(`${HEADER}: ${id}`);
  });

  it("is that of the world which answers", async () => {
    const { world, url, reset } = emulator.worlds.open("mine");
    expect(await told("/me", { "x-questline-world": "mine" })).toBe(world.id);
    const before = world.id;
    reset();
    const answer = await fetch(`${url}/1`, { headers: { authorization: `Bearer ${APP_TOKEN}` } });
    expect(answer.headers.get(HEADER)).toBe(world.id);
    expect(world.id).not.toBe(before);
    expect(await told()).toBe(emulator.world.id);
  });

  it("stands in the control routes", async () => {
    expect((await control(emulator, "GET", "/health")).body.world).toBe(emulator.world.id);
    expect((await control(emulator, "GET", "/world")).body.id).toBe(emulator.world.id);
    const opened = await control(emulator, "POST", "/worlds", { name: "over-http" });
    expect((await get(emulator, "/__worlds/over-http/1")).headers.get(HEADER)).toBe(opened.body.world);
  });
});
