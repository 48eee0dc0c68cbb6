import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { checkEither, checkNumber, checkText } from "./inputs.ts";
import { paging, type Page, type ListOptions, type Pager } from "./pages.ts";
import { rowList, type RowList } from "./row-list.ts";
import { rowsOf } from "./rows.ts";
import { unwrapped } from "./unwrap.ts";
import { flag, idText, safeCount } from "../wire/json.ts";
import { rowOf, type Raw } from "../wire/row.ts";

/** A device by what its claims call it, good for 30 days, or by a ban's id, good while that ban lives. */
export type Device =
  | { readonly uniqueId: string; readonly banId?: undefined }
  | { readonly banId: string; readonly uniqueId?: undefined };

export interface ListedBan extends Raw {
  readonly banId: string;
  /** Day of the original ban in UTC, `YYYY-MM-DD`; no finer. */
  readonly createdOn?: string;
}

export interface BanStatus extends Raw {
  readonly isBanned: boolean;
  /** `unknown` where it is said in a way that cannot be read. */
  readonly remainingMinutes?: number | "unknown";
}

export interface DeviceBanCalls {
  /** T2: bans, or sets what remains of a ban; answers the ban's id. A ban only shows in later claims: refusing entry is up to you. */
  ban(device: Device & { readonly minutes: number }, options?: CallOptions): Promise<string>;
  /** T2: lifts a ban; lifting none is fine too. */
  lift(device: Device, options?: CallOptions): Promise<void>;
  /** T3: active bans. */
  list(request?: { readonly limit?: number }, options?: ListOptions): RowList<ListedBan>;
  /** T4. */
  status(device: Device, options?: CallOptions): Promise<BanStatus>;
}

const LONGEST_MINUTES = 52_560_000;

/** `Success` here, `success` from attestation: compared without case, in this one place. */
const succeeded = z.string().refine((message) => message.toLowerCase() === "success", "not a success");

const banAnswer = unwrapped(z.object({ message: succeeded, ban_id: z.string() }));

const listedBan: z.ZodType<ListedBan> = rowOf({ ban_id: idText, creation_date: z.string().nullish() }, (row) => ({
  banId: row.ban_id,
  createdOn: row.creation_date,
}));
/** The rows lie one level deeper than in any other list. */
const banPage: z.ZodType<Page<ListedBan>> = z
  .object({ data: z.array(z.object({ message: succeeded, all_ban_ids: rowsOf(listedBan) })), paging: paging.nullish() })
  .transform(({ data, paging: links }) => ({
    data: data.flatMap(({ all_ban_ids: bans }) => bans.rows),
    skipped: data.flatMap(({ all_ban_ids: bans }) => bans.skipped),
    paging: links,
  }));

/** Whether a device is banned does not hang on how long it will be. */
const minutes: z.ZodType<number | "unknown"> = z.union([safeCount, z.unknown().transform(() => "unknown" as const)]);

const statusAnswer: z.ZodType<BanStatus> = unwrapped(
  rowOf(
    { message: succeeded, is_banned: flag, remaining_time_in_minute: minutes.nullish() },
    (row): { isBanned: boolean; remainingMinutes: number | "unknown" | null | undefined } => ({
      isBanned: row.is_banned,
      remainingMinutes: row.remaining_time_in_minute,
    }),
  ),
);

export function createDeviceBanCalls(caller: Caller, pager: Pager): DeviceBanCalls {
  return {
    async ban(device, options) {
      const operation = "deviceBans.ban";
      const minutes = checkNumber(device.minutes, `${operation}: minutes`, 0, LONGEST_MINUTES);
      const params = { ...deviceOf(device, operation), is_banned: "true", remaining_time_in_minute: minutes };
      return (await caller({ operation, params, schema: banAnswer }, options)).ban_id;
    },
    async lift(device, options) {
      const operation = "deviceBans.lift";
      const params = { ...deviceOf(device, operation), is_banned: "false" };
      await caller({ operation, params, schema: banAnswer }, options);
    },
    list(request = {}, options) {
      const operation = "deviceBans.list";
      const params: Record<string, string> =
        request.limit === undefined ? {} : { limit: checkNumber(request.limit, `${operation}: limit`, 1, 500) };
      return rowList(
        () => pager({ operation, params, schema: banPage }, options),
        (ban) => ban.banId,
      );
    },
    async status(device, options) {
      const operation = "deviceBans.status";
      return caller({ operation, params: deviceOf(device, operation), schema: statusAnswer }, options);
    },
  };
}

function deviceOf(device: Device, operation: string): Record<string, string> {
  checkEither(device, ["uniqueId", "banId"], operation);
  return device.banId === undefined
    ? { unique_id: checkText(device.uniqueId, `${operation}: uniqueId`) }
    : { ban_id: checkText(device.banId, `${operation}: banId`) };
}
