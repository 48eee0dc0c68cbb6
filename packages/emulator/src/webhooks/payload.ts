import { createHmac } from "node:crypto";
import { type ExactJson, type ExactJsonObject, writeExactJson } from "../json/exact-json.ts";
import type { Topic } from "../world/world-events.ts";

/** One thing that happened, as webhooks tell of it. */
export interface WebhookEvent {
  readonly field: Topic;
  readonly value?: ExactJsonObject | undefined;
  /** Unix seconds. */
  readonly time: number;
}

/** The body of one notification: an entry for each second, with its changes in order. */
export function notificationBody(entryId: string, events: readonly WebhookEvent[], withValues: boolean): Buffer {
  const bySecond = Map.groupBy(events, (event) => event.time);
  const entry = [...bySecond].map(([time, changes]): ExactJson => {
    if (!withValues) return { id: entryId, time, changed_fields: changes.map(({ field }) => field) };
    return { id: entryId, time, changes: changes.map(({ field, value }) => ({ field, value })) };
  });
  return Buffer.from(escaped(writeExactJson({ object: "application", entry })), "latin1");
}

/** `X-Hub-Signature-256` over exactly these bytes. */
export function signatureOf(body: Buffer, appSecret: string): string {
  return `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
}

/** Everything beyond ASCII as lower-case `\uXXXX`, so that bytes and characters are the same. */
function escaped(json: string): string {
  return json.replaceAll(/[^\0-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
