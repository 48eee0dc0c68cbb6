import * as z from "zod";
import type { Call, Caller, CallOptions } from "./call.ts";
import { PlatformError } from "../errors/refused-errors.ts";
import { flag } from "../wire/json.ts";

const done = z.object({ success: flag });

/**
 * Sends what is answered with nothing but `success`. `false` in a 200 is how a few pages and clients describe a refusal
 * without an envelope: it throws `platform_error`, certainly not applied (assumed; no page says more).
 */
export async function sendDone(
  caller: Caller,
  call: Omit<Call<unknown>, "schema" | "fits">,
  options?: CallOptions,
): Promise<void> {
  const { success } = await caller({ ...call, schema: done }, options);
  if (success) return;
  const { operation } = call;
  const facts = { operation, applied: "no", transient: false, retryable: false, status: 200 } as const;
  throw new PlatformError(`${operation} was refused: the platform answered success: false and no reason.`, facts);
}
