import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { APP_TOKEN, get, idOf, post, type Reply, send } from "./graph-client.ts";

const FED = "OC|100|federated-secret";
let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator();
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const create = (persistent_id: string, display_name: string): Promise<Reply> =>
  post(emulator, "/100/federated_user_create", { persistent_id, display_name }, FED);
const remove = (persistent_id: string): Promise<Reply> =>
  send(emulator, "DELETE", `/100/federated_user?persistent_id=${persistent_id}`, { token: FED });

describe("federated users", () => {
  it("are created with a name of their own", async () => {
    const { body } = await create("steam-1", "Nova");
    expect(body).toEqual({
      id: expect.stringMatching(/^\d{17}$/),
      persistent_id: "steam-1",
      display_name: "Nova",
      unique_name: "Nova",
    });
    expect((await create("steam-2", "Nova")).body).toMatchObject({ display_name: "Nova", unique_name: "Nova#1" });
    expect((await create("steam-1", "Other")).body.error.code).toBe(100);
    for (const name of ["ab", "x".repeat(31), ""]) expect((await create("steam-3", name)).body.error.code).toBe(100);
    expect((await create("steam-4", "\u{1f680}".repeat(30))).status).toBe(200);
  });

  it("get tokens, with which they read themselves and write scores", async () => {
    const { id } = (await create("steam-1", "Nova")).body;
    const mint = (): Promise<Reply> =>
      post(emulator, "/100/federated_user_gen_access_token", { persistent_id: "steam-1" }, FED);
    const [first, second] = [(await mint()).body.access_token, (await mint()).body.access_token];
    expect(first).not.toBe(second);
    const fields = "fields=persistent_id,display_name,unique_name";
    const user = { id, persistent_id: "steam-1", display_name: "Nova", unique_name: "Nova" };
    expect((await get(emulator, `/me?${fields}`, first)).body).toEqual(user);
    expect((await get(emulator, `/${id}?${fields}`, FED)).body).toEqual(user);
    expect((await get(emulator, `/${id}`, FED)).body).toEqual({ id });
    expect((await get(emulator, `/${id}`, APP_TOKEN)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    const score = { api_name: "BEST_TIME", score: "77" };
    expect((await post(emulator, "/leaderboard_submit_entry", score, second)).body.did_update).toBe(true);
    const entries = await get(emulator, "/leaderboard_entries?api_name=BEST_TIME&fields=score,user{alias}");
    expect(entries.body.data).toEqual([{ id: expect.any(String), score: 77, user: { id, alias: "Nova" } }]);
    const operations = emulator.requests.list({ operation: "federatedUsers.me" });
    expect(operations).toHaveLength(1);
  });

  it("are found by persistent id, in the form of the switch", async () => {
    const { id } = (await create("steam-1", "Nova")).body;
    const path = "/100/federated_users?persistent_id=steam-1&fields=display_name";
    expect((await get(emulator, path, FED)).body).toEqual({ id, display_name: "Nova" });
    emulator.switches.set({ federatedFind: "data" });
    expect((await get(emulator, path, FED)).body).toEqual({ data: [{ id, display_name: "Nova" }] });
    const unknown = await get(emulator, "/100/federated_users?persistent_id=none", FED);
    expect(unknown.body.error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it("are listed with empty texts for pages that do not exist", async () => {
    expect((await get(emulator, "/100/federated_users", FED)).body).toEqual({
      data: [],
      paging: { previous: "", next: "" },
    });
    for (const n of [1, 2, 3]) await create(`steam-${n}`, `Nova ${n}`);
    const { body } = await get(emulator, "/100/federated_users?fields=display_name&limit=2", FED);
    expect(body.data.map((row: any) => row.display_name)).toEqual(["Nova 1", "Nova 2"]);
    expect(body.paging.previous).toBe("");
    const next = await get(emulator, body.paging.next.slice(emulator.url.length), null);
    expect(next.body).toMatchObject({ data: [{ display_name: "Nova 3" }], paging: { next: "" } });
    expect(next.body.paging.previous).toContain("before=");
  });

  it("are renamed", async () => {
    await create("steam-1", "Nova");
    const update = (display_name: string): Promise<Reply> =>
      post(emulator, "/100/federated_user_update", { persistent_id: "steam-1", display_name }, FED);
    expect((await update("Quasar")).body).toMatchObject({ display_name: "Quasar", unique_name: "Quasar" });
    expect((await update("Q")).body.error.code).toBe(100);
    expect((await create("steam-2", "Nova")).body.unique_name).toBe("Nova");
    const unnamed = await post(emulator, "/100/federated_user_update", { persistent_id: "none" }, FED);
    expect(unnamed.body.error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it("are deleted with scores, achievements and tokens", async () => {
    const { id } = (await create("steam-1", "Nova")).body;
    const minted = await post(emulator, "/100/federated_user_gen_access_token", { persistent_id: "steam-1" }, FED);
    const token: string = minted.body.access_token;
    await post(emulator, "/leaderboard_submit_entry", { api_name: "BEST_TIME", score: "7" }, token);
    await post(emulator, `/${id}/achievements`, { api_name: "WINS_100", add_count: "3" }, FED);
    expect(emulator.world.entries("BEST_TIME")).toHaveLength(1);
    expect((await remove("steam-1")).body).toEqual({ success: true });
    expect(emulator.world.entries("BEST_TIME")).toEqual([]);
    expect((await get(emulator, "/me", token)).body.error.code).toBe(190);
    expect((await get(emulator, `/${id}`, FED)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect((await remove("steam-1")).body.error.code).toBe(100);
  });

  it("want the federated app's token", async () => {
    const body = { persistent_id: "p", display_name: "Nova" };
    expect((await post(emulator, "/100/federated_user_create", body)).body.error.code).toBe(10);
    expect((await post(emulator, "/1/federated_user_create", body)).body.error.code).toBe(100);
    expect((await get(emulator, "/100/federated_users", "FRL-ada-test-token")).body.error.code).toBe(10);
  });

  it("come with a seed, and their app's secret rotates", async () => {
    const federated_app = {
      id: "200",
      secret: "x",
      users: [{ persistent_id: "p", display_name: "Nova", tokens: ["fed-token"] }],
    };
    emulator.reset({ apps: [{ id: "1", secret: "test-secret", federated_app }], users: [{ alias: "ada" }] });
    expect((await get(emulator, "/me?fields=unique_name", "fed-token")).body.unique_name).toBe("Nova");
    expect(emulator.world.snapshot().apps[0]?.federated?.users).toHaveLength(1);
    emulator.world.rotateSecret("200", "y");
    expect((await get(emulator, "/200/federated_users", "OC|200|x")).body.error.code).toBe(190);
    expect((await get(emulator, "/200/federated_users", "OC|200|y")).body.data).toHaveLength(1);
    expect(idOf(emulator, "ada")).toMatch(/^\d+$/);
    const bad = { ...federated_app, users: [{ persistent_id: "p", display_name: "N" }] };
    expect(() => emulator.reset({ apps: [{ id: "1", secret: "s", federated_app: bad }] })).toThrow(
      "seed.apps[0].federated_app.users[0].display_name",
    );
  });
});
