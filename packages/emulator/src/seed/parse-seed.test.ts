import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator } from "../emulator.ts";
import { EmulatorInputError } from "../input-error.ts";
import { loadSeedFile } from "./load-seed-file.ts";
import { parseSeed } from "./parse-seed.ts";
import type { Seed } from "./seed.ts";

const count = { api_name: "A", achievement_type: "COUNT", achievement_write_policy: "SERVER_AUTHORITATIVE", target: 1 };
const bits = { ...count, achievement_type: "BITFIELD", target: 3, bitfield_length: 5 };
const board = { api_name: "B", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" };
const app = { id: "1", secret: "test-secret" };
const withApp = (members: object): object => ({ apps: [{ ...app, ...members }] });
const withUser = (members: object): object => ({
  apps: [{ ...app, achievements: [count, { ...bits, api_name: "C" }], leaderboards: [board] }],
  users: [{ alias: "ada" }, { alias: "eve", ...members }],
});

describe("a seed that does not fit", () => {
  it.each([
    ["a text", "apps", "seed", /object/],
    ["an unknown key", { app: [] }, "seed", /unknown key "app"/],
    ["no app", { apps: [] }, "seed.apps", /at least one app/],
    ["an id of letters", { apps: [{ ...app, id: "one" }] }, "seed.apps[0].id", /decimal digits/],
    ["a rounded id", { apps: [{ ...app, id: 9007199254740992 }] }, "seed.apps[0].id", /text/],
    ["a secret with a pipe", { apps: [{ ...app, secret: "a|b" }] }, "seed.apps[0].secret", /without \|/],
    ["two apps of one id", { apps: [app, app] }, "seed.apps[1].id", /twice/],
    [
      "a wrong type",
      withApp({ achievements: [{ ...count, achievement_type: "COUNTER" }] }),
      "seed.apps[0].achievements[0].achievement_type",
      /SIMPLE, COUNT, BITFIELD/,
    ],
    [
      "no target",
      withApp({ achievements: [{ ...count, target: undefined }] }),
      "seed.apps[0].achievements[0].target",
      /needs a target/,
    ],
    [
      "a target of 0",
      withApp({ achievements: [{ ...count, target: 0 }] }),
      "seed.apps[0].achievements[0].target",
      /at least 1/,
    ],
    [
      "a SIMPLE with target",
      withApp({ achievements: [{ ...count, achievement_type: "SIMPLE" }] }),
      "seed.apps[0].achievements[0].target",
      /remove it/,
    ],
    [
      "a COUNT with length",
      withApp({ achievements: [{ ...count, bitfield_length: 5 }] }),
      "seed.apps[0].achievements[0].bitfield_length",
      /remove it/,
    ],
    [
      "a target beyond the bits",
      withApp({ achievements: [{ ...bits, target: 6 }] }),
      "seed.apps[0].achievements[0].target",
      /does not fit/,
    ],
    ["a name twice", withApp({ achievements: [bits, count] }), "seed.apps[0].achievements[1].api_name", /twice/],
    [
      "a wrong sort order",
      withApp({ leaderboards: [{ ...board, sort_order: "UP" }] }),
      "seed.apps[0].leaderboards[0].sort_order",
      /HIGHER_IS_BETTER/,
    ],
    ["a wrong switch", { switches: { afterUnlock: "stop" } }, "seed.switches.afterUnlock", /accumulate, cap, freeze/],
    ["an alias twice", withUser({ alias: "ada" }), "seed.users[1].alias", /twice/],
    ["an unknown app", withUser({ tokens: { "5": ["t"] } }), "seed.users[1].tokens", /there is 1/],
    ["a token twice", withUser({ tokens: { "1": ["t", "t"] } }), "seed.users[1].tokens.1[1]", /in use/],
    ["a token with a space", withUser({ tokens: { "1": ["a b"] } }), "seed.users[1].tokens.1[0]", /without spaces/],
    ["a taken id", withUser({ ids: { "1": "1" } }), "seed.users[1].ids.1", /taken/],
    ["an unknown friend", withUser({ friends: ["bob"] }), "seed.users[1].friends[0]", /"bob"/],
    [
      "an unknown achievement",
      withUser({ achievements: [{ api_name: "X" }] }),
      "seed.users[1].achievements[0].api_name",
      /it has A, C/,
    ],
    [
      "bits too long",
      withUser({ achievements: [{ api_name: "C", bits: "111111" }] }),
      "seed.users[1].achievements[0].bits",
      /at most 5/,
    ],
    [
      "a negative count",
      withUser({ achievements: [{ api_name: "A", count: -1 }] }),
      "seed.users[1].achievements[0].count",
      /at least 0/,
    ],
    [
      "a score of 65 bits",
      withUser({ scores: [{ api_name: "B", score: "9223372036854775808" }] }),
      "seed.users[1].scores[0].score",
      /64 bits/,
    ],
    [
      "a score that is no number",
      withUser({ scores: [{ api_name: "B", score: "much" }] }),
      "seed.users[1].scores[0].score",
      /whole number/,
    ],
    [
      "a purchase of nothing that is sold",
      withUser({ purchases: [{ sku: "HAT" }] }),
      "seed.users[1].purchases[0].sku",
      /sells no "HAT"/,
    ],
    [
      "a subscription to nothing that is sold",
      withUser({ subscriptions: [{ sku: "CLUB" }] }),
      "seed.users[1].subscriptions[0].sku",
      /sells no "CLUB"/,
    ],
    ["an entitlement elsewhere", withUser({ entitled: ["2"] }), "seed.users[1].entitled[0]", /no app has the id "2"/],
  ])("names the place of %s", async (_what, seed, path, message) => {
    const problem = await createEmulator({ seed: seed as Seed }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(problem).toBeInstanceOf(EmulatorInputError);
    expect(problem).toMatchObject({ path, message: expect.stringMatching(message) });
  });

  it("never shows a token", async () => {
    const problem = await createEmulator({ seed: withUser({ tokens: { "1": ["very secret", "x"] } }) as Seed }).catch(
      String,
    );
    expect(problem).not.toContain("very secret");
  });
});

describe("a seed", () => {
  it("furnishes users with progress, scores and ids", async () => {
    const seed = withUser({
      ids: { "1": 12_345 },
      achievements: [
        { api_name: "A", count: "9007199254740993" },
        { api_name: "C", bits: "01", unlocked: true },
      ],
      scores: [{ app: 1, api_name: "B", score: -7, extra_data_base64: "aGk=" }],
    });
    await using emulator = await createEmulator({ seed: seed as Seed });
    expect(emulator.world.progress("12345", "A")).toMatchObject({
      count: 9007199254740993n,
      unlocked: true,
      foreign: false,
    });
    expect(emulator.world.progress("12345", "C")).toMatchObject({ bits: "01000", unlocked: true });
    expect(emulator.world.entry("B", "12345")).toMatchObject({ score: -7n, extraData: "aGk=", rank: 1 });
    expect(emulator.oracle.snapshot()).toEqual({
      achievements: [],
      leaderboards: [],
      nonces: [],
      purchases: [],
      subscriptions: [],
    });
  });

  it("brings the default users only together with the default apps", () => {
    expect(parseSeed({ switches: { pageSize: 5 } }).users).toHaveLength(2);
    expect(parseSeed({ apps: [app] }).users).toEqual([]);
    expect(parseSeed({ users: [] })).toMatchObject({ apps: [{ id: "1" }], users: [] });
  });
});

describe("a seed file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "seed-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  it("reads YAML and JSON, long numbers exact", async () => {
    const yaml = await file("seed.yaml", "apps:\n  - id: 24010000000000003\n    secret: s\nusers:\n  - alias: ada\n");
    expect((await loadSeedFile(yaml)).apps).toMatchObject([{ id: 24010000000000003n }]);
    const json = await file("seed.json", '{"apps":[{"id":"7","secret":"s"}],"switches":{"pageSize":3}}');
    expect(await loadSeedFile(json)).toMatchObject({ apps: [{ id: "7" }], switches: { pageSize: 3 } });
  });

  it.each([
    [
      "apps:\n  - id: 7\n    secret: s\n    achievements:\n      - api_name: A\n        achievement_type: COUNT\n        achievement_write_policy: x\n",
      7,
    ],
    ["apps:\n  - id: 7\n    secret: s\nswitches:\n  pageSize: 0\n", 5],
    ["apps: [\n", 2],
    ["# nothing but a list\n- a\n", 2],
  ])("names the line in %j", async (text, line) => {
    const path = await file("broken.yaml", text);
    await expect(loadSeedFile(path)).rejects.toThrow(`${path}:${line}: `);
  });

  it("names the line in JSON too, down to items and subscriptions", async () => {
    const items =
      '[\n  {"sku":"HAT","item_type":"DURABLE",\n   "price":{"currency":"usd","amount_in_hundredths":1}}\n]';
    const json = `{"apps":[{"id":"7","secret":"s",\n"items":${items}}]}`;
    const path = await file("broken.json", json);
    await expect(loadSeedFile(path)).rejects.toThrow(`${path}:4: seed.apps[0].items[0].price.currency`);
    const user = '{"apps":[{"id":"7","secret":"s"}],"users":[\n{"alias":"a"},\n{"alias":"b","term":1}]}';
    const other = await file("unknown.json", user);
    await expect(loadSeedFile(other)).rejects.toThrow(`${other}:3: seed.users[1]: unknown key "term"`);
  });

  it("says when there is no such file", async () => {
    await expect(loadSeedFile(join(folder, "none.yaml"))).rejects.toThrow("cannot be read");
  });
});
