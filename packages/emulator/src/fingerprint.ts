import { createHash } from "node:crypto";

/** A kind and the first 12 hex digits of a secret's SHA-256: enough to tell secrets apart, useless otherwise. */
export function fingerprint(kind: string, secret: string): string {
  return `${kind}:${createHash("sha256").update(secret).digest("hex").slice(0, 12)}`;
}
