import { expect } from "vitest";
import type { Emulator } from "../src/index.ts";
import { curl } from "./curl.ts";
import { ADA_TOKEN, APP_TOKEN, get, idOf } from "./graph-client.ts";

const FED = "OC|100|federated-secret";

/** One documented request: method, path, parameters, token, and what its answer must show. */
export interface Example {
  readonly operation: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly token: string;
  readonly answer: object;
}

const id = { id: expect.stringMatching(/^\d+$/) };
const done = { success: true };

/** Everything that an example names exists; called anew for every request, because many of them spend something. */
export async function documentedExamples(emulator: Emulator): Promise<readonly Example[]> {
  emulator.reset();
  const ada = idOf(emulator, "ada");
  const { world } = emulator;
  world.addForeign(ada, "WINS_100", { count: 3 });
  world.setScore("HIGH_SCORE", ada, 12_345);
  world.store.buy(ada, "GEMS_50");
  world.store.subscribe(ada, "CLUB");
  const link = world.mintLinkCode(ada);
  const linked = world.mintLinkCode(ada);
  const exchange = await curl(
    `curl -d "access_token=OC%7C1%7Ctest-secret" -d "code=${linked.code}" -d "org_scoped_id=${linked.org_scoped_id}" ${emulator.url}/sso_authorize_code`,
  );
  const unique = world.devices.uniqueId("headset");
  const attestation = world.devices.mintAttestationToken({ nonce: "bm9uY2Vub25jZW5vbmNlbm9uY2U" });
  const body = new URLSearchParams({ persistent_id: "steam-1", display_name: "Nova", access_token: FED });
  const { id: nova } = (await (
    await fetch(`${emulator.url}/100/federated_user_create`, { method: "POST", body })
  ).json()) as {
    id: string;
  };
  const minted = await curl(
    `curl -d "persistent_id=steam-1" -H "Authorization: Bearer ${FED}" ${emulator.url}/100/federated_user_gen_access_token`,
  );
  const federatedToken: string = minted.body.access_token;
  const entry = (await get(emulator, "/leaderboard_entries?api_name=HIGH_SCORE")).body.data[0].id;
  const board = (await get(emulator, "/1/leaderboards?api_name=BEST_TIME")).body.data[0].id;
  const definition = (await get(emulator, '/1/achievement_definitions?api_names=["WINS_100"]')).body.data[0].id;
  const make = (
    operation: string,
    method: Example["method"],
    path: string,
    parameters: Record<string, string>,
    answer: object,
    token: string = APP_TOKEN,
  ): Example => ({ operation, method, path, parameters, answer, token });
  const club = { owner_id: ada, sku: "CLUB" };
  const nonce = world.mintNonce("1", ada);
  return [
    make(
      "achievements.define",
      "POST",
      "/1/achievement_definitions",
      {
        api_name: "NEW_ONE",
        achievement_type: "SIMPLE",
        achievement_write_policy: "SERVER_AUTHORITATIVE",
        title: "New",
        description: "New.",
      },
      id,
    ),
    make(
      "achievements.definitions",
      "GET",
      "/1/achievement_definitions",
      { api_names: '["WINS_100","FIRST_WIN"]', fields: "api_name, target" },
      { data: [{ api_name: "WINS_100", target: 100 }, { api_name: "FIRST_WIN" }] },
    ),
    make(
      "achievements.write",
      "POST",
      `/${ada}/achievements`,
      { api_name: "EVERY_MAP", add_bits: "1001100", force_unlock: "true" },
      { ...id, api_name: "EVERY_MAP", just_unlocked: true },
    ),
    make(
      "achievements.read",
      "GET",
      `/${ada}/achievements`,
      { api_names: '["WINS_100"]', fields: "definition{api_name,target},count_progress,is_unlocked" },
      { data: [{ definition: { api_name: "WINS_100", target: 100 }, count_progress: 3, is_unlocked: false }] },
    ),
    make("achievements.removeAll", "POST", "/achievement_remove_all", { user_id: ada }, done),
    make(
      "leaderboards.define",
      "POST",
      "/1/leaderboards",
      {
        api_name: "LAPS",
        sort_order: "LOWER_IS_BETTER",
        entry_write_policy: "SERVER_AUTHORITATIVE",
        title_locale_map: '{"en_US":"Laps"}',
      },
      id,
    ),
    make(
      "leaderboards.list",
      "GET",
      "/1/leaderboards/",
      { api_name: "HIGH_SCORE", fields: "sort_order,entry_write_policy, entry_count" },
      { data: [{ sort_order: "HIGHER_IS_BETTER", entry_count: 1 }] },
    ),
    make(
      "leaderboards.submit",
      "POST",
      "/leaderboard_submit_entry",
      { api_name: "HIGH_SCORE", score: "99999", user_id: ada, extra_data_base64: "aGVsbG8=" },
      { did_update: true, updated_challenge_ids: [], success: true },
    ),
    make(
      "leaderboards.entries",
      "GET",
      "/leaderboard_entries",
      {
        api_name: "HIGH_SCORE",
        filter: "NONE",
        start_at: "OFFSET",
        offset: "0",
        limit: "5",
        summary: "true",
        fields: "user{alias}, rank, score",
      },
      { data: [{ rank: 1, score: 12_345, user: { alias: "ada" } }], summary: { total_count: 1 } },
    ),
    make("leaderboards.deleteEntry", "DELETE", `/${entry}`, {}, done),
    make("leaderboards.removeAllEntries", "POST", "/leaderboard_remove_all_entries", { api_name: "HIGH_SCORE" }, done),
    make("leaderboards.delete", "DELETE", `/${board}`, {}, done),
    make("users.me", "GET", "/me", { fields: "id,alias" }, { id: ada, alias: "ada" }, ADA_TOKEN),
    make("users.get", "GET", `/${ada}`, { fields: "org_scoped_id" }, { org_scoped_id: link.org_scoped_id }),
    make("users.validateNonce", "POST", "/user_nonce_validate", { nonce, user_id: ada }, { is_valid: true }),
    make("accountLinking.exchange", "POST", "/sso_authorize_code", link, {
      oauth_token: expect.any(String),
      refresh_code: expect.any(String),
    }),
    make(
      "accountLinking.refresh",
      "POST",
      "/sso_authorize_refresh_code",
      { refresh_code: exchange.body.refresh_code, org_scoped_id: link.org_scoped_id },
      { oauth_token: expect.any(String) },
    ),
    make(
      "purchases.verify",
      "POST",
      "/1/verify_entitlement",
      { user_id: ada, sku: "GEMS_50" },
      { success: true, grant_time: expect.any(Number) },
    ),
    make("purchases.consume", "POST", "/1/consume_entitlement", { user_id: ada, sku: "GEMS_50" }, done),
    make(
      "purchases.list",
      "GET",
      "/1/viewer_purchases",
      { user_id: ada, fields: "id,grant_time,expiration_time,item{sku}" },
      { data: [{ expiration_time: 0, item: { sku: "GEMS_50" } }] },
    ),
    make(
      "purchases.catalogue",
      "GET",
      "/application/available_purchases",
      { fields: "sku,current_offer{price{formatted}}" },
      { data: expect.arrayContaining([expect.objectContaining({ sku: "GEMS_50" })]) },
    ),
    make(
      "purchases.refund",
      "POST",
      "/1/refund_iap_entitlement",
      { user_id: ada, sku: "GEMS_50", reason: "customer_support" },
      done,
    ),
    make(
      "subscriptions.list",
      "GET",
      "/application/subscriptions",
      { fields: "sku,owner{id},is_active", skus: "CLUB,OTHER" },
      { data: [{ sku: "CLUB", owner: { id: ada }, is_active: true }] },
    ),
    make("subscriptions.cancel", "POST", "/application/cancel_subscription", { ...club, cancel_reason: "0" }, done),
    make("subscriptions.extend", "POST", "/application/extend_subscription", { ...club, number_of_days: "7" }, done),
    make(
      "attestation.verify",
      "GET",
      "/platform_integrity/verify",
      { token: attestation },
      { data: [{ message: "success", claims: expect.any(String) }] },
    ),
    make(
      "deviceBans.set",
      "POST",
      "/platform_integrity/device_ban",
      { unique_id: unique, is_banned: "true", remaining_time_in_minute: "60" },
      { message: "Success", ban_id: expect.any(String) },
    ),
    make(
      "deviceBans.list",
      "GET",
      "/platform_integrity/device_ban_ids",
      {},
      { data: [{ message: "Success", all_ban_ids: [] }] },
    ),
    make(
      "deviceBans.status",
      "GET",
      "/platform_integrity/device_ban_status",
      { unique_id: unique },
      { data: [{ message: "Success", is_banned: false }] },
    ),
    make(
      "federatedUsers.create",
      "POST",
      "/100/federated_user_create",
      { persistent_id: "steam-2", display_name: "Orbit" },
      { persistent_id: "steam-2" },
      FED,
    ),
    make(
      "federatedUsers.mintToken",
      "POST",
      "/100/federated_user_gen_access_token",
      { persistent_id: "steam-1" },
      { access_token: expect.any(String) },
      FED,
    ),
    make("federatedUsers.get", "GET", `/${nova}`, { fields: "display_name" }, { id: nova, display_name: "Nova" }, FED),
    make(
      "federatedUsers.find",
      "GET",
      "/100/federated_users",
      { persistent_id: "steam-1", fields: "id" },
      { id: nova },
      FED,
    ),
    make(
      "federatedUsers.me",
      "GET",
      "/me",
      { fields: "display_name" },
      { id: nova, display_name: "Nova" },
      federatedToken,
    ),
    make(
      "federatedUsers.list",
      "GET",
      "/100/federated_users",
      { fields: "display_name" },
      { data: [{ id: nova, display_name: "Nova" }], paging: { next: "" } },
      FED,
    ),
    make(
      "federatedUsers.update",
      "POST",
      "/100/federated_user_update",
      { persistent_id: "steam-1", display_name: "Quasar" },
      { display_name: "Quasar" },
      FED,
    ),
    make("federatedUsers.delete", "DELETE", "/100/federated_user", { persistent_id: "steam-1" }, done, FED),
    make(
      "notifications.send",
      "POST",
      "/MATCH_READY/triggered_notifs_with_text_map",
      { recipient_ids: `['${ada}']`, notif_request: "MATCH_READY" },
      done,
    ),
    make("nodes.get", "GET", `/${definition}`, { fields: "api_name" }, { id: definition, api_name: "WINS_100" }),
  ];
}
