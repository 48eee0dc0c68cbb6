import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { createNotice } from "../runtime/notice.ts";

/** Why a request was not taken. */
export type WebhookRefusal = keyof typeof REFUSALS;

const REFUSALS = {
  "wrong-signature": {
    status: 401,
    answer: "Not signed.",
    words:
      "A webhook was refused: it is signed with another secret, or its body was changed on the way. Check appSecret (regenerating it revokes the old one), and that the handler gets the bytes as they came.",
  },
  "no-signature": {
    status: 401,
    answer: "Not signed.",
    words: "A request to the webhook was refused: it has no signature, so it is not the platform's.",
  },
  "wrong-verify-token": {
    status: 403,
    answer: "Wrong verify token.",
    words: "A webhook's verification was refused: its verify token is not the one given as verifyToken.",
  },
  "not-a-verification": {
    status: 400,
    answer: "Not a verification.",
    words: "A webhook's verification was refused: it has the verify token, but is none that is known.",
  },
  "not-a-notification": {
    status: 400,
    answer: "Not a notification.",
    words:
      "A webhook was refused: it is signed, but no notification that is known. Its events are lost once the platform gives up.",
  },
  "too-large": {
    status: 413,
    answer: "The body is too large.",
    words: "A request to the webhook was refused: its body is larger than maxBodyBytes.",
  },
} as const;

/** Answers what is refused, and warns of it: of each kind at once, then its number once a minute. Anybody can send requests. */
export function createRefusing(clock: Clock, logger: Logger): (refusal: WebhookRefusal) => Response {
  const notice = createNotice<WebhookRefusal>({
    clock,
    say: (refusal, requests) => {
      const { status, words } = REFUSALS[refusal];
      logger.warn({ status, reason: refusal, requests }, words);
    },
  });
  return (refusal) => {
    notice(refusal, refusal);
    return said(REFUSALS[refusal].status, REFUSALS[refusal].answer);
  };
}

/** A plain answer. */
export const said = (status: number, text: string, headers: Record<string, string> = {}): Response =>
  new Response(text, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", ...headers },
  });
