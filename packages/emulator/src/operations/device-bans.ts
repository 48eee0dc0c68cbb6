import { GraphError, invalidParameter } from "../graph/graph-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { dayText } from "../runtime/calendar.ts";
import type { App } from "../world/app.ts";
import type { DeviceBan } from "../world/devices.ts";
import { appToken, type Call } from "./call.ts";
import { page } from "./paging.ts";

const MAX_MINUTES = 52_560_000;
const BAN_PAGE = 500;

/** T2: POST `/platform_integrity/device_ban`. The answer has no `data` around it. */
export function setBan(call: Call): ExactJson {
  const app = appToken(call);
  const { parameters, state, now } = call;
  if (!parameters.text("is_banned")) throw invalidParameter("The parameter is_banned is required");
  const banned = parameters.boolean("is_banned", true);
  const minutes = banned ? minutesOf(call) : 0;
  const device = deviceOf(call, app);
  call.tookEffect();
  if (!banned) {
    app.devices.lift(device);
    return { message: "Success", ban_id: "" };
  }
  const ban = app.devices.ban(device, now + minutes * 60_000, now, () => banIdOf(state.mintId("ban")));
  return { message: "Success", ban_id: ban.banId };
}

/** T3: GET `/platform_integrity/device_ban_ids`. Rows stand inside the one element of `data`. */
export function listBans(call: Call): ExactJson {
  const app = appToken(call);
  const rows = app.devices.activeBans(call.now);
  const limit = Math.min(call.parameters.count("limit", 1) ?? BAN_PAGE, BAN_PAGE);
  const show = ({ banId, createdAt }: DeviceBan): ExactJson => ({ ban_id: banId, creation_date: dayText(createdAt) });
  const idOf = ({ banId }: DeviceBan): string => Buffer.from(banId, "base64").toString("latin1");
  const body = page(call, { rows, idOf, show, limit, quiet: false });
  return { ...body, data: [{ message: "Success", all_ban_ids: body["data"] }] };
}

/** T4: GET `/platform_integrity/device_ban_status`. */
export function readBanStatus(call: Call): ExactJson {
  const app = appToken(call);
  const ban = app.devices.activeBan(deviceOf(call, app), call.now);
  const minutes = ban === undefined ? 0 : Math.ceil((ban.until - call.now) / 60_000);
  return { data: [{ message: "Success", is_banned: ban !== undefined, remaining_time_in_minute: minutes }] };
}

/** `ban_id` wins where both are given and good. */
function deviceOf(call: Call, app: App): string {
  const { parameters, now } = call;
  const [banId, uniqueId] = [parameters.text("ban_id"), parameters.text("unique_id")];
  if (!banId && !uniqueId) throw invalidParameter("One of the parameters unique_id and ban_id is required");
  const ban = banId ? app.devices.banById(banId, now) : undefined;
  if (ban !== undefined) return ban.device;
  if (!uniqueId) {
    const elsewhere = others(call, app).some((other) => other.devices.banById(banId ?? "", now) !== undefined);
    throw elsewhere
      ? attestationError(-1, 1_614_036, "The ban_id belongs to another app")
      : attestationError(-1, 1_614_033, "The ban_id was not found");
  }
  const device = app.devices.named(uniqueId, now);
  if (device !== undefined) return device;
  const elsewhere = others(call, app).some((other) => other.devices.named(uniqueId, now) !== undefined);
  throw elsewhere
    ? attestationError(1, 1_614_027, "The unique_id belongs to another app")
    : attestationError(1, 1_614_026, "The unique_id was not found");
}

function minutesOf(call: Call): number {
  const minutes = call.parameters.long("remaining_time_in_minute");
  if (minutes === undefined) throw invalidParameter("The parameter remaining_time_in_minute is required");
  if (minutes >= 0n && minutes <= BigInt(MAX_MINUTES)) return Number(minutes);
  throw attestationError(1, 1_614_028, `remaining_time_in_minute must be 0 to ${MAX_MINUTES}`);
}

function others({ state }: Call, app: App): readonly App[] {
  return [...state.apps.values()].filter((other) => other !== app);
}

function attestationError(code: number, subcode: number, message: string): GraphError {
  return new GraphError(400, { message, code, error_subcode: subcode });
}

/** Base64 of a decimal number, without padding. */
function banIdOf(id: string): string {
  return Buffer.from(id, "latin1").toString("base64").replace(/=+$/, "");
}
