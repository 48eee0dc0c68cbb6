import { createHash } from "node:crypto";

const inspect = Symbol.for("nodejs.util.inspect.custom");

/**
 * An app secret, user token or nonce that cannot be printed by accident: `inspect`, JSON, template strings and errors
 * show a short fingerprint. `reveal(secret)` is the one way to the value.
 */
export interface Secret {
  /** `<kind>:<8 hex digits of its SHA-256>`, stable, safe to log. */
  readonly fingerprint: string;
  toString(): string;
  toJSON(): string;
}

class OpaqueSecret implements Secret {
  readonly #kind: string;
  readonly #value: string;

  constructor(kind: string, value: string) {
    this.#kind = kind;
    this.#value = value;
  }

  get fingerprint(): string {
    return `${this.#kind}:${createHash("sha256").update(this.#value).digest("hex").slice(0, 8)}`;
  }

  toString(): string {
    return `[${this.fingerprint}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  [inspect](): string {
    return this.toString();
  }

  static reveal(secret: Secret): string {
    if (secret instanceof OpaqueSecret) return secret.#value;
    throw new TypeError("Not a Questline secret: make one with secret(kind, value).");
  }
}

/** Wraps `value`; `kind` is a word for the fingerprint, such as `token`. */
export function secret(kind: string, value: string): Secret {
  return new OpaqueSecret(kind, value);
}

/** The value itself: only for the bytes of a request. Throws TypeError for anything that `secret` did not make. */
export function reveal(wrapped: Secret): string {
  return OpaqueSecret.reveal(wrapped);
}
