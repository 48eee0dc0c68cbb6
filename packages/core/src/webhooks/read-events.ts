import { createHash } from "node:crypto";
import * as z from "zod";
import type { WebhookEvent } from "./events.ts";
import { subscriptionValue } from "./subscription-value.ts";
import { idText, instant, parseExactJson, unixSeconds } from "../wire/json.ts";
import { rowOf } from "../wire/row.ts";

const envelope = z.object({
  object: z.literal("application"),
  entry: z
    .array(
      z.object({
        id: idText,
        time: unixSeconds,
        changes: z.array(z.object({ field: z.string(), value: z.unknown() })).nullish(),
        changed_fields: z.array(z.string()).nullish(),
      }),
    )
    .max(1000),
});

const text = z.string().nullish();
const owned = { owner_id: idText, subscription: subscriptionValue };

/** A payload is text, though one page calls it a dictionary; `""` with its quotes is how no payload came. */
const payload = z.unknown().transform((value) => {
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
    product_info: z.object({
      notification_type: z.string(),
      reporting_id: z.string(),
      sku: z.string(),
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

/** All events of a signed body; undefined if it is no notification. A value of an odd shape becomes an `unknown` event. */
export function readEvents(body: string): readonly WebhookEvent[] | undefined {
  let parsed: unknown;
  try {
    parsed = parseExactJson(body);
  } catch {
    return undefined;
  }
  const read = envelope.safeParse(parsed);
  if (!read.success) return undefined;
  return read.data.entry.flatMap((entry) => {
    const sent = { appId: entry.id, sentAt: entry.time, isTest: entry.id === "0" };
    const changes = (entry.changes ?? []).map(({ field, value }) => {
      const schema = topics.get(field);
      const event = schema?.safeParse(value);
      const key = keyOf(field, entry.id, entry.time, value);
      if (event?.success === true) return { ...event.data, ...sent, key, topic: field } as unknown as WebhookEvent;
      const raw = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : { value };
      return { ...sent, key, topic: "unknown", field, raw } as const;
    });
    const fields = (entry.changed_fields ?? []).map(
      (field) => ({ ...sent, key: keyOf(field, entry.id, entry.time, null), topic: "changed", field }) as const,
    );
    return [...changes, ...fields];
  });
}

/** An order says who it is; everything else is known by what it says, and when. */
function keyOf(field: string, appId: string, sentAt: Date, value: unknown): string {
  const said = order.safeParse(value).data as { reportingId?: string; status?: string } | undefined;
  if (field === "order_status" && said?.reportingId !== undefined) {
    return `order_status:${said.reportingId}:${said.status}`;
  }
  const content = JSON.stringify([appId, sentAt.getTime(), value], (_name, part: unknown) =>
    typeof part === "bigint" ? String(part) : part,
  );
  return `${field}:${createHash("sha256").update(content).digest("hex").slice(0, 32)}`;
}
