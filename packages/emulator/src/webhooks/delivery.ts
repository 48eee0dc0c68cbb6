import type { Clock } from "../runtime/clock.ts";
import { httpCall } from "./http-call.ts";
import { signatureOf } from "./payload.ts";
import { RETRY_AFTER_MS } from "./retry-plan.ts";

/** How long a receiver may take. */
const ANSWER_LIMIT_MS = 10_000;

export interface DeliveryView {
  readonly id: string;
  readonly appId: string;
  /** Topics in the order of the notification. */
  readonly fields: readonly string[];
  readonly state: "pending" | "delivered" | "dropped";
  /** Milliseconds since the epoch; status null when no answer came. */
  readonly attempts: readonly { readonly at: number; readonly status: number | null }[];
  /** The JSON text as it was sent. */
  readonly body: string;
}

export interface DeliveryOrder {
  readonly id: string;
  readonly appId: string;
  readonly url: URL;
  readonly fields: readonly string[];
  readonly body: Buffer;
  /** Asked at every attempt: secrets change. */
  readonly secret: () => string;
}

export interface DeliveryRun {
  view(): DeliveryView;
  stop(): void;
}

export interface DeliverySurroundings {
  /** Virtual time, for retries. */
  readonly clock: Clock;
  /** Real time, for the receiver's answer. */
  readonly baseClock: Clock;
  /** Keeps count of what is on its way. */
  readonly track: (running: Promise<void>) => void;
}

/** Sends a notification until it is answered with a 2xx status or the last attempt has failed. */
export function startDelivery(order: DeliveryOrder, { clock, baseClock, track }: DeliverySurroundings): DeliveryRun {
  const attempts: { at: number; status: number | null }[] = [];
  let state: DeliveryView["state"] = "pending";
  const firstAt = clock.now();
  const stopped = new AbortController();
  let cancelRetry = (): void => undefined;

  const attempt = async (at: number): Promise<void> => {
    const made: { at: number; status: number | null } = { at, status: null };
    attempts.push(made);
    const begun = baseClock.now();
    made.status = await post(order, stopped.signal, baseClock);
    if (stopped.signal.aborted) return;
    if (made.status !== null && made.status >= 200 && made.status < 300) {
      state = "delivered";
      return;
    }
    const after = RETRY_AFTER_MS[attempts.length - 1];
    if (after === undefined) {
      state = "dropped";
      return;
    }
    const dueAt = firstAt + after;
    // What fell due while this attempt was on its way, because the clock was moved, still has its own time.
    if (dueAt <= clock.now()) return attempt(Math.max(dueAt, at + baseClock.now() - begun));
    cancelRetry = clock.schedule(dueAt - clock.now(), () => track(attempt(clock.now())));
  };
  track(attempt(firstAt));

  return {
    view() {
      const { id, appId, fields, body } = order;
      return {
        id,
        appId,
        fields,
        state,
        attempts: attempts.map((each) => ({ ...each })),
        body: body.toString("latin1"),
      };
    },
    stop() {
      stopped.abort();
      cancelRetry();
    },
  };
}

async function post({ url, body, secret }: DeliveryOrder, stop: AbortSignal, clock: Clock): Promise<number | null> {
  const slow = new AbortController();
  const cancel = clock.schedule(ANSWER_LIMIT_MS, () => slow.abort());
  try {
    const headers = {
      "content-type": "application/json",
      "user-agent": "questline-emulator",
      "x-hub-signature-256": signatureOf(body, secret()),
    };
    return (await httpCall({ method: "POST", url, headers, body, signal: AbortSignal.any([stop, slow.signal]) }))
      .status;
  } catch {
    return null;
  } finally {
    cancel();
  }
}
