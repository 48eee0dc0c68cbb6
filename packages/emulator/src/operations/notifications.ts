import { invalidParameter, missingObject, permissionDenied } from "../graph/graph-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { type Call, goodToken } from "./call.ts";

/** N1: POST `/{request_id}/triggered_notifs_with_text_map`. Every call is another notification. */
export function sendNotification(call: Call): ExactJson {
  const token = goodToken(call);
  const { app } = token;
  const id = call.segments[0] ?? "";
  const request = app.notificationRequests.get(id);
  if (request === undefined) throw missingObject(call.method, id);
  if (token.kind === "user" && request.category.toUpperCase() !== "SOCIAL") {
    throw permissionDenied("Only notifications of the category Social are sent with a user access token");
  }
  if (call.parameters.required("notif_request") !== id) {
    throw invalidParameter("The parameter notif_request must be the request id of the path");
  }
  if (!request.approved) throw permissionDenied("The notification is not approved");
  const recipientIds = call.parameters.quotedIds("recipient_ids") ?? [];
  if (recipientIds.length === 0) throw invalidParameter("The parameter recipient_ids is required");
  for (const each of recipientIds) {
    if (!app.users.has(each)) throw invalidParameter("Invalid user id in recipient_ids");
  }
  const senderId = token.kind === "user" ? token.user.id : undefined;
  app.sentNotifications.push({ requestId: id, recipientIds, at: call.now, senderId });
  call.tookEffect();
  return { success: true };
}
