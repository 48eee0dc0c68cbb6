import type { Caller, CallOptions } from "./call.ts";
import { sendDone } from "./done.ts";
import { checkHandle, checkRequest, checkUserId, userTokenOf } from "./inputs.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import type { Secret } from "../secrets/secret.ts";

export interface NotificationRequest {
  /** The notification's id from the dashboard, where it must be approved first. */
  readonly requestId: string;
  /** App-scoped. */
  readonly recipientIds: readonly string[];
  /** For the "Social" category only: the user on whose behalf it is sent. The app's token otherwise. */
  readonly userToken?: string | Secret;
}

export interface NotificationCalls {
  /** N1: sends it; again sends it again. Throws `ambiguous` where it may have been sent. */
  trigger(request: NotificationRequest, options?: CallOptions): Promise<void>;
}

export function createNotificationCalls(caller: Caller): NotificationCalls {
  return {
    async trigger(request, options) {
      const operation = "notifications.trigger";
      checkRequest(request, operation);
      if (!Array.isArray(request.recipientIds) || request.recipientIds.length === 0) {
        throw new QuestlineError("bad_input", `${operation}: recipientIds must name at least one user.`);
      }
      const id = checkHandle(request.requestId, `${operation}: requestId`);
      const params = {
        // A bracketed list of quoted ids; the page's example has single quotes, JSON's double ones are assumed to be as good.
        recipient_ids: JSON.stringify(request.recipientIds.map((user) => checkUserId(user, operation))),
        notif_request: id,
      };
      const userToken = userTokenOf(request.userToken, operation);
      await sendDone(caller, { operation, at: { request_id: id }, params, userToken }, options);
    },
  };
}
