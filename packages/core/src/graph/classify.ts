import type { ErrorCode } from "../errors/questline-error.ts";
import type { Envelope } from "./envelope.ts";

/** The codes an answer can end in. */
export type AnswerCode = Extract<
  ErrorCode,
  | "invalid_parameter"
  | "not_found"
  | "app_credentials"
  | "user_token"
  | "permission"
  | "rate_limited"
  | "platform_unavailable"
  | "platform_error"
  | "unreadable_answer"
>;

/** A refusing answer, as far as its meaning goes. */
export interface Refusal {
  readonly status: number;
  /** Undefined: the answer held none. */
  readonly envelope?: Envelope | undefined;
  /** Whose token the request carried. */
  readonly actsFor: "app" | "user";
}

export interface Meaning {
  readonly code: AnswerCode;
  readonly transient: boolean;
}

const LIMITED: ReadonlySet<number> = new Set([4, 17, 32, 341, 613]);

/** What a refusing answer means. The envelope speaks first; the HTTP status only where it says nothing known. */
export function classify(refusal: Refusal): Meaning {
  const { envelope, status } = refusal;
  if (envelope === undefined) return byStatus(refusal);
  if (envelope.code !== undefined && LIMITED.has(envelope.code)) return { code: "rate_limited", transient: true };
  if (envelope.transient === true) return { code: "platform_unavailable", transient: true };
  const known = byGraphCode(envelope, refusal.actsFor);
  if (known !== undefined) return known;
  if (status === 200 || status === 400) return { code: "platform_error", transient: false };
  const meaning = byStatus(refusal);
  return meaning.code === "unreadable_answer" ? { code: "platform_error", transient: false } : meaning;
}

function byGraphCode({ code, subcode }: Envelope, actsFor: "app" | "user"): Meaning | undefined {
  const permanent = (named: AnswerCode): Meaning => ({ code: named, transient: false });
  switch (code) {
    case undefined:
      return undefined;
    case 1:
      // This host also uses 1 for errors of device bans, which carry a subcode and are permanent.
      return subcode === undefined ? { code: "platform_unavailable", transient: true } : permanent("platform_error");
    case 2:
      return { code: "platform_unavailable", transient: true };
    case 100:
      return permanent(subcode === 33 ? "not_found" : "invalid_parameter");
    case 803:
      return permanent("not_found");
    case 102:
    case 190:
      return permanent(actsFor === "app" ? "app_credentials" : "user_token");
    case 2500:
      return permanent("user_token");
    case 368:
      return permanent("rate_limited");
    case 3:
    case 10:
      return permanent("permission");
    default:
      return code >= 200 && code <= 299 ? permanent("permission") : undefined;
  }
}

function byStatus({ status, actsFor }: Refusal): Meaning {
  if (status >= 500) return { code: "platform_unavailable", transient: true };
  switch (status) {
    case 400:
      return { code: "invalid_parameter", transient: false };
    case 401:
      return { code: actsFor === "app" ? "app_credentials" : "user_token", transient: false };
    case 403:
      return { code: "permission", transient: false };
    case 404:
      return { code: "not_found", transient: false };
    case 429:
      return { code: "rate_limited", transient: true };
    default:
      return { code: "unreadable_answer", transient: true };
  }
}
