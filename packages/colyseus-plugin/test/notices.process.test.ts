import { fileURLToPath } from "node:url";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { createEmulator, type Emulator } from "@questline/emulator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../../../test/free-port.ts";
import { redisFor, startRedis, type RedisServer } from "../../../test/redis-server.ts";
import { startProgram, type RunningProgram } from "../../../test/running-program.ts";
import { ACK, DELAYED, PULL, RECORDED, TOKEN, UNLOCKED } from "../src/messages.ts";

const child = fileURLToPath(new URL("notices-child.ts", import.meta.url));
let emulator: Emulator;
let server: RedisServer | string;

beforeAll(async () => {
  emulator = await createEmulator();
  server = await startRedis();
}, 240_000);
afterAll(async () => {
  if (typeof server !== "string") await server[Symbol.asyncDispose]();
  await emulator.close();
});

interface Process extends AsyncDisposable {
  readonly program: RunningProgram;
  enter(token: string): Promise<Visit>;
}

interface Visit {
  readonly room: SdkRoom;
  readonly heard: { readonly type: string; readonly payload: unknown }[];
}

async function start(redis: RedisServer, form: string): Promise<Process> {
  const port = await freePort();
  const args = ["--conditions=questline-source", child, emulator.url, String(port), String(redis.port), form];
  const program = startProgram(args, { cwd: fileURLToPath(new URL(".", import.meta.url)) });
  await program.line(/^listening/);
  return {
    program,
    async enter(token) {
      const room = await new SdkClient(`ws://127.0.0.1:${port}`, { headers: { "x-meta-token": token } }).create("duel");
      room.reconnection.enabled = false;
      const heard: Visit["heard"] = [];
      for (const type of [UNLOCKED, RECORDED, DELAYED, TOKEN, "ended"])
        room.onMessage(type, (payload: unknown) => heard.push({ type, payload }));
      return { room, heard };
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

test.for(["esm", "cjs"])(
  "over Redis, a game of %s: notices find the player in another process, an acknowledgement finds its way back, two outboxes are warned of",
  async (form, context) => {
    const redis = redisFor(context, server);
    await using one = await start(redis, form);
    await using two = await start(redis, form);
    const { id } = emulator.world.createUser({ alias: `traveller.${form}` });
    const token = emulator.world.mintUserToken("1", id);

    const before = await one.enter(token);
    const outage = emulator.faults.add({
      kind: "status",
      status: 500,
      operation: ["achievements.write", "leaderboards.submit"],
      times: "always",
    });
    before.room.send("end");
    await vi.waitFor(() => expect(before.heard.map(({ type }) => type)).toContain("ended"), { timeout: 10_000 });
    await before.room.leave();

    const { room, heard } = await two.enter(token);
    emulator.faults.remove(outage);
    const kinds = (): readonly string[] => heard.map(({ type }) => type).sort();
    await vi.waitFor(() => expect(kinds()).toEqual([RECORDED, RECORDED, UNLOCKED]), { timeout: 20_000 });
    expect(heard).toEqual(
      expect.arrayContaining([
        { type: UNLOCKED, payload: { id: "FIRST_WIN:0", achievement: "FIRST_WIN", at: expect.any(Number) } },
        {
          type: RECORDED,
          payload: { id: expect.any(String), leaderboard: "HIGH_SCORE", score: "70", improved: expect.anything() },
        },
      ]),
    );

    room.send(PULL);
    const unlocks = (): number => kinds().filter((type) => type === UNLOCKED).length;
    await vi.waitFor(() =>
      expect({ unlocks: unlocks(), state: kinds().includes(DELAYED) }).toEqual({ unlocks: 2, state: true }),
    );
    room.send(ACK, { ids: ["FIRST_WIN:0"] });
    // The first process has taken it once another pull there brings no unlock.
    await vi.waitFor(
      async () => {
        const back = await one.enter(token);
        back.room.send(PULL);
        await vi.waitFor(() => expect(back.heard.map(({ type }) => type)).toContain(DELAYED));
        await back.room.leave();
        expect(back.heard.map(({ type }) => type)).not.toContain(UNLOCKED);
      },
      { timeout: 10_000 },
    );

    for (const { program } of [one, two]) program.kill("SIGTERM");
    for (const { program } of [one, two]) {
      const { stdout, stderr } = await program.ended;
      expect((stdout + stderr).match(/into an outbox of its own/g)).toHaveLength(1);
      expect(stdout + stderr).not.toContain(token);
    }
  },
);
