import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { ADA_TOKEN, get, GRACE_TOKEN, idOf, post, type Reply, send } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  const apps = [
    { id: "1", secret: "test-secret" },
    { id: "2", secret: "other-secret" },
  ];
  const users = [
    { alias: "ada", display_name: "Ada L.", tokens: { "1": [ADA_TOKEN] } },
    { alias: "grace", tokens: { "1": [GRACE_TOKEN] }, org_scoped_id: "555", ids: { "1": "18446744073709551615" } },
  ];
  emulator = await createEmulator({ seed: { apps, users } });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

describe("me and user", () => {
  it("shows a user token its own user", async () => {
    expect((await get(emulator, "/me", ADA_TOKEN)).body).toEqual({ id: ada });
    const fields = "alias,display_name,org_scoped_id,profile_url";
    expect((await get(emulator, `/me?fields=${fields}`, ADA_TOKEN)).body).toEqual({
      id: ada,
      alias: "ada",
      display_name: "Ada L.",
      org_scoped_id: expect.stringMatching(/^\d+$/),
    });
  });

  it("shows an app token the users of its app", async () => {
    const reply = await get(emulator, "/18446744073709551615?fields=org_scoped_id,alias");
    expect(reply.body).toEqual({ id: "18446744073709551615", org_scoped_id: "555", alias: "grace" });
  });

  it("refuses ids of another app, and other users to a user token", async () => {
    const elsewhere = await get(emulator, `/${idOf(emulator, "ada", "2")}`);
    expect(elsewhere.body.error).toMatchObject({ code: 100, error_subcode: 33, type: "GraphMethodException" });
    expect((await get(emulator, `/${ada}`, ADA_TOKEN)).body.id).toBe(ada);
    expect((await get(emulator, `/${ada}`, GRACE_TOKEN)).body.error.code).toBe(10);
  });

  it("mints ids that a double cannot hold", () => {
    expect(BigInt(ada)).toBeGreaterThan(2n ** 53n);
    expect(BigInt(Number(ada))).not.toBe(BigInt(ada));
  });
});

describe("nonces", () => {
  const check = (nonce: string, userId: string = ada, token?: string): Promise<Reply> =>
    post(emulator, "/user_nonce_validate", { nonce, user_id: userId }, token);

  it("validates once", async () => {
    const nonce = emulator.world.mintNonce("1", ada);
    expect((await check(nonce)).body).toEqual({ is_valid: true });
    expect((await check(nonce)).body).toEqual({ is_valid: false });
    expect(emulator.oracle.nonce(nonce)).toEqual({ validations: 2, accepted: 1 });
  });

  it("takes all in the query under a JSON content type", async () => {
    const nonce = emulator.world.mintNonce("1", ada);
    const path = `/user_nonce_validate?nonce=${nonce}&user_id=${ada}`;
    const reply = await send(emulator, "POST", path, { headers: { "content-type": "application/json" } });
    expect(reply.body).toEqual({ is_valid: true });
  });

  it("is false for another user, another app, an expired and an unknown nonce", async () => {
    const { world } = emulator;
    const claimed = world.mintNonce("1", ada);
    expect((await check(claimed, idOf(emulator, "grace"))).body).toEqual({ is_valid: false });
    expect((await check(claimed)).body).toEqual({ is_valid: false });
    const foreign = world.mintNonce("2", idOf(emulator, "ada", "2"));
    expect((await check(foreign)).body).toEqual({ is_valid: false });
    const elsewhere = await check(foreign, idOf(emulator, "ada", "2"), "OC|2|other-secret");
    expect(elsewhere.body).toEqual({ is_valid: true });
    const late = world.mintNonce("1", ada);
    world.advance(300_000);
    expect((await check(late)).body).toEqual({ is_valid: false });
    expect((await check("unknown")).body).toEqual({ is_valid: false });
  });

  it("lives as long as the switch, or the mint, says", async () => {
    emulator.switches.set({ nonceTtlMs: 1_000 });
    const [short, long] = [emulator.world.mintNonce("1", ada), emulator.world.mintNonce("1", ada, { ttlMs: 5_000 })];
    emulator.world.advance(1_000);
    expect((await check(short)).body.is_valid).toBe(false);
    expect((await check(long)).body.is_valid).toBe(true);
  });

  it("needs an app token and both parameters", async () => {
    const nonce = emulator.world.mintNonce("1", ada);
    expect((await check(nonce, ada, ADA_TOKEN)).body.error.code).toBe(10);
    expect((await check(nonce, "")).body.error.code).toBe(100);
    expect((await check("", ada)).body.error.code).toBe(100);
    expect((await check(nonce)).body.is_valid).toBe(true);
  });
});
