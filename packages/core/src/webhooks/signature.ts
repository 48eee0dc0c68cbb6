import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { reveal, type Secret } from "../secrets/secret.ts";

/** Whether a request is signed at all, rightly or not. */
export const hasSignature = (header: string | null | undefined): boolean => HEADER.test(header ?? "");

const HEADER = /^sha256=([0-9a-f]{64})$/i;

/**
 * Whether `X-Hub-Signature-256` is the HMAC-SHA256 of the raw body under the app secret, compared in constant time. Only the
 * bytes as they came will do: the platform escapes what other JSON writers do not.
 */
export function isSigned(body: Uint8Array, header: string | null | undefined, appSecret: Secret): boolean {
  const hex = HEADER.exec(header ?? "")?.[1];
  if (hex === undefined) return false;
  const expected = createHmac("sha256", reveal(appSecret)).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(hex, "hex"));
}

/** Equality of two texts in a time that tells nothing of either. */
export function isSameText(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
