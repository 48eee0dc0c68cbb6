import type { BehaviourRow } from "./behaviour.ts";

/** What the emulator sends by itself. */
export const webhooksRows: readonly BehaviourRow[] = [
  [
    "webhook-handshake",
    "webhooks",
    "documented",
    "A callback is taken once it answers hub.challenge bare, with status 200; a seed's callback is taken as it is.",
    "Graph webhooks page, linked from the platform's; seeds are ours",
  ],
  [
    "webhook-signature",
    "webhooks",
    "documented",
    "X-Hub-Signature-256 is HMAC-SHA256 over the raw body with the app secret.",
    "Graph webhooks page",
  ],
  [
    "webhook-escapes",
    "webhooks",
    "assumed",
    "Characters beyond ASCII are sent as lower-case escapes.",
    "general Graph knowledge",
  ],
  [
    "webhook-retries",
    "webhooks",
    "documented",
    "Failed deliveries are tried again at once, then less and less often for 36 hours, then dropped.",
    "Graph webhooks page; the steps between are assumed",
  ],
  [
    "webhook-batches",
    "webhooks",
    "documented",
    "A notification may hold several entries and changes; duplicates happen.",
    "Graph webhooks page; here both happen when asked for",
  ],
  [
    "webhook-fields-only",
    "webhooks",
    "assumed",
    "Without values an entry lists changed_fields.",
    "general Graph knowledge",
  ],
  ["webhook-test", "webhooks", "observed", 'A test event\'s entry has the id "0".', "a public receiver"],
  [
    "webhook-times",
    "webhooks",
    "documented",
    "Times in values are Unix seconds as text, unlike in answers.",
    "webhooks page",
  ],
  [
    "webhook-price-terms",
    "webhooks",
    "documented",
    "Renewals name current_price_term and next_price_term.",
    "the field table; the sample has current_offer and next_offer",
  ],
  [
    "webhook-trial",
    "webhooks",
    "documented",
    "trial_type is TRIAL_OFFER where answers say FREE_TRIAL.",
    "webhooks page",
  ],
  [
    "webhook-cancel-reason",
    "webhooks",
    "assumed",
    "cancel_reason 0 to 5 have names of our own but PRICE_TOO_EXPENSIVE.",
    "the mapping is not published",
  ],
  [
    "webhook-payload",
    "webhooks",
    "observed",
    'developer_payload is text; without a payload it is the two characters "".',
    "a captured order; the table declares an object",
  ],
];
