import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { reveal, secret } from "./secret.ts";
import type { Secret } from "./secret.ts";

/** Encrypts secrets for storage. */
export interface Sealer {
  /** `context` says whose it is; a seal opens only under the same context. */
  seal(value: Secret, context: string): string;
  /** Undefined if it was sealed with another key, for another context, or was changed. */
  open(sealed: string, context: string, kind: string): Secret | undefined;
  /** It should be sealed anew: it was sealed with a key that is being given up. Absent: never. */
  isOld?(sealed: string, context: string): boolean;
}

const VERSION = "1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The bytes of a key: 32 of them, or text that is their base64 or hex. Undefined for anything else. */
export function sealingKey(key: unknown): Uint8Array | undefined {
  if (key instanceof Uint8Array) return key.byteLength === 32 ? key : undefined;
  if (typeof key !== "string") return undefined;
  const bytes = /^[0-9a-f]{64}$/i.test(key) ? Buffer.from(key, "hex") : Buffer.from(key, "base64");
  return bytes.byteLength === 32 ? bytes : undefined;
}

/** AES-256-GCM with a random nonce; `key` is 32 bytes. */
export function aesSealer(key: Uint8Array): Sealer {
  return new AesSealer(key);
}

/** Seals with `sealer`, and opens what either of them sealed. */
export function changingSealer(sealer: Sealer, previous: Sealer): Sealer {
  return {
    seal: (value, context) => sealer.seal(value, context),
    open: (sealed, context, kind) => sealer.open(sealed, context, kind) ?? previous.open(sealed, context, kind),
    isOld: (sealed, context) => sealer.open(sealed, context, "any") === undefined,
  };
}

class AesSealer implements Sealer {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = Uint8Array.from(key);
  }

  seal(value: Secret, context: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(context));
    const text = Buffer.concat([cipher.update(reveal(value), "utf8"), cipher.final()]);
    return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64url")}`;
  }

  open(sealed: string, context: string, kind: string): Secret | undefined {
    const [version, packed = ""] = sealed.split(".");
    const bytes = Buffer.from(packed, "base64url");
    if (version !== VERSION || bytes.byteLength <= NONCE_BYTES + TAG_BYTES) return undefined;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const options = { authTagLength: TAG_BYTES };
    const cipher = createDecipheriv("aes-256-gcm", this.#key, nonce, options).setAAD(Buffer.from(context));
    cipher.setAuthTag(tag);
    try {
      const text = Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), cipher.final()]);
      return secret(kind, text.toString("utf8"));
    } catch {
      return undefined;
    }
  }
}
