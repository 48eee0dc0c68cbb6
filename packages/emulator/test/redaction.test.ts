import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { ADA_TOKEN, APP_TOKEN, get, idOf, post, send } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator();
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const secrets = (): Record<string, string> => ({
  "user token": ADA_TOKEN,
  "user token of its own form": emulator.world.mintUserToken("1", ada, { token: "a_token_of_words" }),
  "minted user token": emulator.world.mintUserToken("1", ada),
  "token of nobody": `OC${"aB3".repeat(10)}`,
  "short token of nobody": "FRLunknown",
  "app token": APP_TOKEN,
  "app token of nobody": "OC|7|nothing-to-see",
  "app secret": "test-secret",
  proof: emulator.world.mintNonce("1", ada),
  "proof of nobody": "aGVsbG8gdGhlcmUgZ2VuZXJhbCBrZW5vYmkx",
  "linking code": emulator.world.mintLinkCode(ada).code,
  "attestation token": emulator.world.devices.mintAttestationToken({ nonce: "Y2hhbGxlbmdlLWNoYWxsZW5nZQ" }),
});

describe("the request log", () => {
  it("shows no secret, wherever it stands", async () => {
    for (const [what, secret] of Object.entries(secrets())) {
      const escaped = encodeURIComponent(secret);
      const form = { "content-type": "application/x-www-form-urlencoded" };
      const json = { "content-type": "application/json" };
      const places: readonly [path: string, headers?: Record<string, string>, body?: string][] = [
        [`/${escaped}`],
        [`/${escaped}/achievements`],
        [`/v1.20/${escaped}/`],
        [`/1/${escaped}/deeper?x=1`],
        [`/${encodeURIComponent(escaped)}/achievements`],
        [`/me?user_id=${escaped}`],
        [`/me?${escaped}=1`],
        [`/me?${escaped}`],
        [`/me?x=${encodeURIComponent(escaped)}`],
        [`/me?method=${escaped}`],
        [`/me?fields=id,${escaped}`],
        [`/me?access_token=${escaped}`],
        [`/me?${"x".repeat(250)}=${"x ".repeat(125)}${escaped}`],
        ["/me", form, `user_id=${escaped}&api_name=${escaped}`],
        ["/me", form, `api_names=${encodeURIComponent(JSON.stringify(["WINS_100", secret]))}`],
        ["/me", json, JSON.stringify({ deep: { list: [{ of: secret }] }, [secret]: 1 })],
      ];
      for (const [path, headers = {}, body] of places) {
        await send(emulator, body === undefined ? "GET" : "POST", path, {
          headers,
          ...(body === undefined ? {} : { body }),
        });
        const log = JSON.stringify(emulator.requests.list());
        // Half of it, or other capitals, would be a leak too.
        for (const part of [secret, escaped, secret.slice(0, Math.max(8, secret.length / 2)).toUpperCase()]) {
          expect(log.toUpperCase(), `${what} in ${path}`).not.toContain(
            JSON.stringify(part).slice(1, -1).toUpperCase(),
          );
        }
        emulator.requests.clear();
      }
    }
  });

  it("shows what is none: ids, paths, names, numbers, fields", async () => {
    const fields = "definition{api_name,target},count_progress,is_unlocked";
    await get(emulator, `/v1.20/${ada}/achievements/?api_names=["WINS_100","EVERY_MAP"]&fields=${fields}&limit=10`);
    await post(emulator, `/${ada}/achievments`, { api_name: "WINS_100", add_count: "5", force_unlock: "false" });
    await post(emulator, "/MATCH_READY/triggered_notifs_with_text_map", { recipient_ids: `["${ada}"]` });
    expect(emulator.requests.list().map(({ method, path, params }) => ({ method, path, params }))).toEqual([
      {
        method: "GET",
        path: `/v1.20/${ada}/achievements/`,
        params: { api_names: '["WINS_100","EVERY_MAP"]', fields, limit: "10" },
      },
      {
        method: "POST",
        path: `/${ada}/achievments`,
        params: { api_name: "WINS_100", add_count: "5", force_unlock: "false" },
      },
      {
        method: "POST",
        path: "/MATCH_READY/triggered_notifs_with_text_map",
        params: { recipient_ids: `["${ada}"]` },
      },
    ]);
  });
});
