import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { VerifiedUser } from "./verified-user.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { asUserId, shownId, type AppId } from "../ids/ids.ts";
import type { Clock } from "../runtime/clock.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

export interface VouchersOptions {
  readonly appId: AppId;
  /** The app secret of now; whoever has it can check what another process vouched for. */
  readonly secret: () => Promise<Secret>;
  /** Wall time is compared between processes. */
  readonly clock: Pick<Clock, "now">;
}

export interface VoucherTerms {
  /** Default an hour. */
  readonly goodForMs?: number;
  /** What it stands beside, as text: it is good beside the same only. It is not in the voucher. Default: nothing. */
  readonly about?: string;
}

/** Tells other processes of the same app who a verified player is. */
export interface Vouchers {
  /** Text that names the user, good for `goodForMs`; it holds no secret, and nobody without the app secret can make one. */
  vouch(user: { readonly id: string; readonly alias?: string | undefined }, terms?: VoucherTerms): Promise<string>;
  /** The user a voucher names; undefined for anything that is none of this app's, was changed, is over or about something else. */
  vouched(voucher: unknown, about?: string): Promise<VerifiedUser | undefined>;
}

/** Long enough to be called from a queue into a match; a voucher that gets out is worthless afterwards. */
export const VOUCHER_GOOD_FOR_MS = 3_600_000;
const LONGEST = 2_048;

const claimsSchema = z.strictObject({ id: z.string(), alias: z.string().optional(), until: z.number() });

/** HMAC-SHA-256 under a key derived from the app secret, for this purpose and app alone. */
export function createVouchers({ appId, secret, clock }: VouchersOptions): Vouchers {
  let derived: { readonly from: string; readonly key: Buffer } | undefined;
  const keyOf = (appSecret: Secret): Buffer => {
    const from = reveal(appSecret);
    if (derived?.from !== from)
      derived = { from, key: Buffer.from(hkdfSync("sha256", from, appId, "questline voucher 1", 32)) };
    return derived.key;
  };
  const macOf = async (claims: string, about = ""): Promise<Buffer> =>
    createHmac("sha256", keyOf(await secret()))
      .update(`${claims}.${about}`)
      .digest();

  return {
    async vouch({ id, alias }, { goodForMs = VOUCHER_GOOD_FOR_MS, about } = {}) {
      if (asUserId(id) === undefined)
        throw new QuestlineError("bad_input", `vouch: the user id must be decimal text, not ${shownId(id)}.`);
      if (!Number.isFinite(goodForMs) || goodForMs <= 0)
        throw new QuestlineError("bad_input", "vouch: how long a voucher is good must be a number of ms above 0.");
      const text = JSON.stringify({ id, alias, until: clock.now() + goodForMs });
      const claims = Buffer.from(text).toString("base64url");
      return `${claims}.${(await macOf(claims, about)).toString("base64url")}`;
    },
    async vouched(voucher, about) {
      if (typeof voucher !== "string" || voucher.length > LONGEST) return undefined;
      const [claims = "", mac = "", ...rest] = voucher.split(".");
      const given = Buffer.from(mac, "base64url");
      const right = await macOf(claims, about);
      if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      const { id, alias, until } = claimsSchema.parse(JSON.parse(Buffer.from(claims, "base64url").toString()));
      const user = asUserId(id);
      if (user === undefined || clock.now() >= until) return undefined;
      return alias === undefined ? { id: user } : { id: user, alias };
    },
  };
}
