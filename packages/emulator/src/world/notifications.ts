/** A notification as set up in the dashboard. */
export interface NotificationRequest {
  readonly requestId: string;
  /** A user token may send those of the category SOCIAL. */
  readonly category: string;
  readonly approved: boolean;
}

/** One accepted call; a repeated call is another one. */
export interface SentNotification {
  readonly requestId: string;
  /** App-scoped, in the order of the request. */
  readonly recipientIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** App-scoped id of the user whose token sent it; undefined for the app's. */
  readonly senderId: string | undefined;
}
