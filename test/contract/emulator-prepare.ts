import type { Emulator } from "@questline/emulator";
import type { Replacements } from "./send-vector.ts";
import { ada, app, federatedApp, otherApp, UNIQUE_ID, type Vector } from "./vectors.ts";

const BAN_ID = "MTIzNDU2Nzg5MA";
const NONCE = "Y2hhbGxlbmdlLWNoYWxsZW5nZQ==";

/** What must have happened before a vector is sent, and how what it names is called in this world. */
export async function prepare(emulator: Emulator, vector: Vector): Promise<Replacements> {
  const { world } = emulator;
  const ask = asker(emulator.url);
  const mint = (more: object): string => world.devices.mintAttestationToken({ nonce: NONCE, appId: app.id, ...more });
  const bannedIn = async (owner: typeof app): Promise<string> => {
    const unique_id = world.devices.uniqueId("headset", owner.id);
    const ban = { unique_id, is_banned: "true", remaining_time_in_minute: "12" };
    const { ban_id } = (await ask("POST", "/platform_integrity/device_ban", ban, owner)) as { ban_id: string };
    return ban_id;
  };

  switch (vector.call) {
    case "leaderboards.delete": {
      if (vector.name !== "a board is deleted") return {};
      return { "7300000000000001": await firstId(ask("GET", "/1/leaderboards", { api_name: "HIGH_SCORE" })) };
    }
    case "leaderboards.deleteEntry": {
      if (vector.name !== "an entry is deleted") return {};
      return { "7400000000000001": await firstId(ask("GET", "/leaderboard_entries", { api_name: "HIGH_SCORE" })) };
    }
    case "accounts.link":
      return { "linking-code": world.mintLinkCode(ada.id).code };
    case "accounts.refresh": {
      const { code, org_scoped_id } = world.mintLinkCode(ada.id);
      const linked = await ask("POST", "/sso_authorize_code", { code, org_scoped_id });
      return { "next-code": (linked as { refresh_code: string }).refresh_code };
    }
    case "attestation.verify": {
      const old = mint({ expiresInMs: 1000 });
      world.advance(1001);
      const genuine = mint({ device: "headset" });
      return { "attestation-token": genuine, "forged-token": mint({ forged: true }), "old-token": old };
    }
    case "federatedUsers.get":
      return { "8100000000000001": await firstId(ask("GET", "/2/federated_users", {}, federatedApp)) };
    default:
      break;
  }
  if (vector.call.startsWith("deviceBans.")) {
    switch (vector.name) {
      case "an unknown device":
      case "an unknown ban":
        return {};
      case "another app's device":
        return { [UNIQUE_ID]: world.devices.uniqueId("headset", otherApp.id) };
      case "another app's ban":
        return { OTk5: await bannedIn(otherApp) };
      case "a device is banned":
      case "a device that was never banned":
      case "lifting none":
        return { [UNIQUE_ID]: world.devices.uniqueId("headset", app.id) };
      default:
        return { [BAN_ID]: await bannedIn(app) };
    }
  }
  return prepareOthers(emulator, vector);
}

function prepareOthers({ world, switches }: Emulator, { name }: Vector): Replacements {
  switch (name) {
    case "a good nonce":
      return { "good-nonce": world.mintNonce(app.id, ada.id) };
    case "an expired user token":
      world.expireToken("FRL-expired-token");
      return {};
    case "the app secret was regenerated":
      world.rotateSecret(app.id, "another-secret");
      return {};
    case "by persistent id, wrapped":
      switches.set({ federatedFind: "data" });
      return {};
    case "entries from an offset":
      return { "24": "0" };
    default:
      return {};
  }
}

type Ask = (
  method: string,
  path: string,
  params: Readonly<Record<string, string>>,
  owner?: typeof app,
) => Promise<unknown>;

function asker(url: string): Ask {
  return async (method, path, params, owner = app) => {
    const query = new URLSearchParams({ ...params, access_token: `OC|${owner.id}|${owner.secret}` });
    const response = await fetch(`${url}${path}?${query}`, { method });
    return response.json();
  };
}

async function firstId(answered: Promise<unknown>): Promise<string> {
  const { data } = (await answered) as { data: readonly { id: string }[] };
  return data[0]?.id ?? "none";
}
