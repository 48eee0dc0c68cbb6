import { z } from "zod";
import { isLoopback } from "../http/loopback.ts";
import { EmulatorInputError, parseInput } from "../input-error.ts";
import type { ExactJsonObject } from "../json/exact-json.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { webhookSchema } from "../seed/schema.ts";
import type { Seed, SeedWebhook } from "../seed/seed.ts";
import type { App } from "../world/app.ts";
import { appNamed } from "../world/people.ts";
import type { WorldState } from "../world/state.ts";
import { type Topic, TOPICS } from "../world/world-events.ts";
import { type DeliveryRun, type DeliveryView, startDelivery } from "./delivery.ts";
import { httpCall } from "./http-call.ts";
import { notificationBody, type WebhookEvent } from "./payload.ts";

/** Where an app's webhooks go; the verify token is not shown. */
export interface WebhookSubscription {
  readonly appId: string;
  readonly callbackUrl: string;
  readonly fields: readonly Topic[];
  readonly includeValues: boolean;
}

export interface TriggeredEvent {
  readonly field: Topic;
  /** Left out, the change has none. */
  readonly value?: ExactJsonObject;
}

export interface SendOptions {
  /** How often the same notification is sent. Default 1. */
  readonly copies?: number;
  /** As the dashboard's test button: the entry's id is "0". Default false. */
  readonly test?: boolean;
  readonly appId?: string;
}

/** Tells an app's server what happened, as the platform does. */
export interface Webhooks {
  /**
   * Sets where an app's webhooks go, once the callback has answered the challenge. Rejects with EmulatorInputError when
   * it does not; what stood there stays.
   */
  register(subscription: SeedWebhook, appId?: string): Promise<void>;
  unregister(appId?: string): void;
  subscriptions(): readonly WebhookSubscription[];
  /** One notification with all these events, whatever fields are subscribed. @throws EmulatorInputError without a callback. */
  send(events: readonly TriggeredEvent[], options?: SendOptions): void;
  /** Keeps what happens from now on. */
  hold(): void;
  /** Sends what was kept as one notification an app. */
  release(options?: { copies?: number }): void;
  /** Every notification so far, oldest first. */
  deliveries(): readonly DeliveryView[];
  /** Resolves when nothing is on its way; retries that wait for the clock do not count. */
  idle(): Promise<void>;
}

export interface WebhookSurroundings {
  readonly clock: Clock;
  readonly baseClock: Clock;
  readonly random: Random;
  /** Whether callbacks may be on other machines. */
  readonly allowRemote: boolean;
  readonly state: () => WorldState;
}

interface Registration extends WebhookSubscription {
  readonly url: URL;
}

const MAX_DELIVERIES = 10_000;
const HANDSHAKE_LIMIT_MS = 10_000;

const eventsSchema = z
  .array(z.strictObject({ field: z.enum(TOPICS), value: z.record(z.string(), z.unknown()).optional() }))
  .min(1, "at least one event")
  .max(1_000, "at most 1000 events");
const copiesSchema = z.int("a whole number").min(1, "at least 1").max(100, "at most 100").optional();

export class WebhookSender implements Webhooks {
  readonly #around: WebhookSurroundings;
  readonly #registered = new Map<string, Registration>();
  readonly #running = new Set<Promise<void>>();
  #runs: DeliveryRun[] = [];
  #held: Map<string, WebhookEvent[]> | undefined;
  #count = 0;

  constructor(around: WebhookSurroundings) {
    this.#around = around;
  }

  /** @throws EmulatorInputError for a callback on another machine. */
  check(seed: Seed): void {
    for (const [index, { webhook }] of (seed.apps ?? []).entries()) {
      if (webhook !== undefined) this.#checkCallback(webhook, `seed.apps[${index}].webhook`);
    }
  }

  /** Starts over: what is on its way is cut, and the seed's callbacks stand. */
  load(seed: Seed): void {
    this.stop();
    this.#registered.clear();
    this.#held = undefined;
    for (const app of seed.apps ?? []) {
      if (app.webhook !== undefined) this.#keep(String(app.id), app.webhook);
    }
  }

  stop(): void {
    for (const run of this.#runs) run.stop();
    this.#runs = [];
  }

  async register(input: SeedWebhook, appId?: string): Promise<void> {
    const app = this.#app(appId);
    const subscription = parseInput(webhookSchema, input, "webhook") as SeedWebhook;
    this.#checkCallback(subscription, "webhook");
    await this.#handshake(subscription);
    this.#keep(app.id, subscription);
  }

  unregister(appId?: string): void {
    this.#registered.delete(this.#app(appId).id);
  }

  subscriptions(): readonly WebhookSubscription[] {
    return [...this.#registered.values()].map(({ url: _url, ...shown }) => shown);
  }

  publish(app: App, field: Topic, value: ExactJsonObject): void {
    const registration = this.#registered.get(app.id);
    if (registration === undefined || !registration.fields.includes(field)) return;
    const event: WebhookEvent = { field, value, time: this.#seconds() };
    if (this.#held === undefined) return this.#deliver(registration, app, [event], {});
    const kept = this.#held.get(app.id) ?? [];
    kept.push(event);
    this.#held.set(app.id, kept);
  }

  send(input: readonly TriggeredEvent[], options: SendOptions = {}): void {
    const app = this.#app(options.appId);
    const events = parseInput(eventsSchema, input, "events") as readonly TriggeredEvent[];
    const registration = this.#registered.get(app.id);
    if (registration === undefined) {
      throw new EmulatorInputError("appId", `app ${app.id} has no webhook; register its callback first`);
    }
    const time = this.#seconds();
    this.#deliver(
      registration,
      app,
      events.map((event) => ({ ...event, time })),
      options,
    );
  }

  hold(): void {
    this.#held ??= new Map();
  }

  release(options: { copies?: number } = {}): void {
    const held = this.#held ?? new Map<string, WebhookEvent[]>();
    this.#held = undefined;
    for (const [appId, events] of held) {
      const registration = this.#registered.get(appId);
      if (registration !== undefined) this.#deliver(registration, this.#app(appId), events, options);
    }
  }

  deliveries(): readonly DeliveryView[] {
    return this.#runs.map((run) => run.view());
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #deliver(registration: Registration, app: App, events: readonly WebhookEvent[], options: SendOptions): void {
    const copies = parseInput(copiesSchema, options.copies, "copies") ?? 1;
    const body = notificationBody(options.test === true ? "0" : app.id, events, registration.includeValues);
    const fields = events.map(({ field }) => field);
    for (let copy = 0; copy < copies; copy += 1) {
      this.#count += 1;
      const order = { id: `delivery-${this.#count}`, appId: app.id, url: registration.url, fields, body };
      const { clock, baseClock } = this.#around;
      const track = (running: Promise<void>): void => this.#track(running);
      this.#runs.push(startDelivery({ ...order, secret: () => app.secret }, { clock, baseClock, track }));
    }
    if (this.#runs.length <= MAX_DELIVERIES) return;
    for (const dropped of this.#runs.splice(0, MAX_DELIVERIES / 2)) dropped.stop();
  }

  #track(running: Promise<void>): void {
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  #keep(
    appId: string,
    { callback_url: callbackUrl, fields = TOPICS, include_values: values = true }: SeedWebhook,
  ): void {
    this.#registered.set(appId, { appId, callbackUrl, fields, includeValues: values, url: new URL(callbackUrl) });
  }

  #checkCallback({ callback_url: callbackUrl }: SeedWebhook, path: string): void {
    const { hostname } = new URL(callbackUrl);
    if (this.#around.allowRemote || isLoopback(hostname)) return;
    const flag = "the emulator needs --allow-remote-webhooks, or allowRemoteWebhooks: true";
    throw new EmulatorInputError(`${path}.callback_url`, `to call ${hostname}, which is not this machine, ${flag}`);
  }

  /** `hub.mode=subscribe`: the callback answers 200 with the bare challenge. */
  async #handshake({ callback_url: callbackUrl, verify_token: verifyToken }: SeedWebhook): Promise<void> {
    const { baseClock, random } = this.#around;
    const challenge = String(1_000_000_000 + Math.floor(random() * 1_000_000_000));
    const url = new URL(callbackUrl);
    url.searchParams.set("hub.mode", "subscribe");
    url.searchParams.set("hub.challenge", challenge);
    url.searchParams.set("hub.verify_token", verifyToken);
    const slow = new AbortController();
    const cancel = baseClock.schedule(HANDSHAKE_LIMIT_MS, () => slow.abort());
    const reply = await httpCall({ method: "GET", url, signal: slow.signal }).catch(() => undefined);
    cancel();
    if (reply === undefined) throw new EmulatorInputError("webhook.callback_url", "the callback did not answer");
    if (reply.status !== 200 || reply.body !== challenge) {
      throw new EmulatorInputError(
        "webhook.callback_url",
        `the callback must answer status 200 and the bare hub.challenge; it answered ${reply.status}`,
      );
    }
  }

  #app(appId: string | undefined): App {
    return appNamed(this.#around.state(), appId, "appId");
  }

  #seconds(): number {
    return Math.floor(this.#around.clock.now() / 1000);
  }
}
