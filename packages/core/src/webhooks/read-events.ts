import { createHash } from "node:crypto";
import * as z from "zod";
import type { WebhookEvent } from "./events.ts";
import { readValue } from "../wire/read-value.ts";
import { subscriptionValue } from "./subscription-value.ts";
import { idText, instant, parseExactJson, unixSeconds } from "../wire/json.ts";
import { partOf, rowOf } from "../wire/row.ts";

const envelope = z.object({ object: z.literal("application"), entry: z.array(z.unknown()).max(1000) });

/** What an entry says of its events; the events stand each alone. */
const sender = z.object({
  id: idText.optional().catch(undefined),
  time: unixSeconds.optional().catch(undefined),
  changes: z.array(z.unknown()).nullish().catch(undefined),
  changed_fields: z.array(z.unknown()).nullish().catch(undefined),
});

const topicChange = z.object({ field: z.string(), value: z.unknown().optional() });

const text = z.string().nullish();
const owned = { owner_id: idText, subscription: subscriptionValue };

/** A payload is text, though one page calls it a dictionary; `""` with its quotes is how no payload came. */
const payload = z
  .unknown()
  .optional()
  .transform((value) => {
    if (value === undefined || value === null || value === '""') return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  });

const joinIntent = rowOf(
  { destination_api_name: text, joining_user: idText.nullish(), lobby_session_id: text, match_session_id: text },
  (value): object => ({
    destinationApiName: value.destination_api_name,
    userId: value.joining_user,
    lobbySessionId: value.lobby_session_id,
    matchSessionId: value.match_session_id,
  }),
);

const order = rowOf(
  {
    event_time: instant.nullish(),
    user_id: idText.nullish(),
    product_info: partOf({
      notification_type: z.string(),
      reporting_id: idText,
      sku: idText.or(z.string()),
      developer_payload: payload,
    }),
  },
  ({ event_time, user_id, product_info: product }): object => ({
    status: product.notification_type,
    reportingId: product.reporting_id,
    sku: product.sku,
    userId: user_id,
    at: event_time,
    developerPayload: product.developer_payload,
  }),
);

const started = rowOf({ ...owned, source_app: idText.nullish() }, (value): object => ({
  ownerId: value.owner_id,
  subscription: value.subscription,
  sourceApp: value.source_app,
}));

const canceled = rowOf({ ...owned, cancel_reason: text }, (value): object => ({
  ownerId: value.owner_id,
  subscription: value.subscription,
  reason: value.cancel_reason,
}));

const changed = rowOf(owned, (value): object => ({ ownerId: value.owner_id, subscription: value.subscription }));

const topics: ReadonlyMap<string, z.ZodType<object>> = new Map<string, z.ZodType<object>>([
  ["join_intent", joinIntent],
  ["order_status", order],
  ["subscription_started", started],
  ["subscription_canceled", canceled],
  ["subscription_renewal_success", changed],
  ["subscription_uncanceled", changed],
  ["subscription_expired", changed],
]);

/**
 * All events of a signed body; undefined if it is no notification. Each stands alone: one of an odd shape is an `unknown`
 * event and takes none of the others with it. `cameAt` is when it was sent where an entry does not say so.
 */
export function readEvents(body: string, cameAt: Date): readonly WebhookEvent[] | undefined {
  let parsed: unknown;
  try {
    parsed = parseExactJson(body);
  } catch {
    return undefined;
  }
  const read = envelope.safeParse(parsed);
  return read.success ? read.data.entry.flatMap((entry) => eventsOf(entry, cameAt)) : undefined;
}

function eventsOf(entry: unknown, cameAt: Date): readonly WebhookEvent[] {
  const read = sender.safeParse(entry);
  if (!read.success) {
    const sent = { appId: "", sentAt: cameAt, isTest: false };
    return [{ ...sent, key: keyOf("", "", undefined, entry), topic: "unknown", field: "", raw: rawOf(entry) }];
  }
  const { id = "", time, changes, changed_fields: fields } = read.data;
  const sent = { appId: id, sentAt: time ?? cameAt, isTest: id === "0" };
  const topicOnly = (field: string): WebhookEvent => ({
    ...sent,
    key: keyOf(field, id, time, null),
    topic: "changed",
    field,
  });
  const unknown = (field: string, came: unknown): WebhookEvent => ({
    ...sent,
    key: keyOf(field, id, time, came),
    topic: "unknown",
    field,
    raw: rawOf(came),
  });
  return [
    ...(changes ?? []).map((change) => {
      const { field, value } = topicChange.safeParse(change).data ?? {};
      if (field === undefined) return unknown("", change);
      if (value === undefined || value === null) return topicOnly(field);
      const schema = topics.get(field);
      const event = schema === undefined ? undefined : readValue(schema, value);
      if (event === undefined) return unknown(field, value);
      const key = orderKey(field, event) ?? keyOf(field, id, time, value);
      return { ...event, ...sent, key, topic: field } as unknown as WebhookEvent;
    }),
    ...(fields ?? []).map((field) => (typeof field === "string" ? topicOnly(field) : unknown("", field))),
  ];
}

const rawOf = (came: unknown): Record<string, unknown> =>
  typeof came === "object" && came !== null && !Array.isArray(came) ? { ...came } : { value: came };

/** An order says who it is; everything else is known by what it says, and when. */
function orderKey(
  field: string,
  event: { readonly reportingId?: string; readonly status?: string },
): string | undefined {
  return field === "order_status" ? `order_status:${event.reportingId}:${event.status}` : undefined;
}

function keyOf(field: string, appId: string, sentAt: Date | undefined, value: unknown): string {
  const content = JSON.stringify([appId, sentAt?.getTime(), value], (_name, part: unknown) =>
    typeof part === "bigint" ? String(part) : part,
  );
  return `${field}:${createHash("sha256").update(content).digest("hex").slice(0, 32)}`;
}
