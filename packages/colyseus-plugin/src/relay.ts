import { matchMaker, type Room } from "@colyseus/core";
import { z } from "zod";
import { guarded, warn, wordsOf } from "./log.ts";
import { noticeSchema, type Notice } from "./notice.ts";

/** The part of Colyseus's presence that is used: no more than publish and subscribe. */
export interface Presence {
  subscribe(topic: string, hear: (message: unknown) => void): Promise<unknown>;
  publish(topic: string, message: unknown): unknown;
}

/** Where presence comes from. It is there some time after the process began, and another one after each boot in a test. */
export interface PresenceSource {
  readonly ready: Promise<unknown>;
  current(): Presence | undefined;
}

export const colyseusPresence: PresenceSource = {
  get ready() {
    return Promise.resolve(matchMaker.onReady);
  },
  current: () => matchMaker.presence as Presence | undefined,
};

/**
 * The presence of a room's Colyseus, for longer than the room. What a room has of its own there, since 0.17, is made of it
 * and loses its subscriptions with the room (seen with @colyseus/core 0.18.17).
 */
export function presenceOf({ presence }: Pick<Room, "presence">): Presence | undefined {
  const given: Partial<Presence> | undefined = presence;
  if (typeof given?.subscribe !== "function") return undefined;
  const whole = Object.hasOwn(given, "subscribe") ? (Reflect.getPrototypeOf(given) as Partial<Presence> | null) : given;
  return typeof whole?.subscribe === "function" && typeof whole.publish === "function"
    ? (whole as Presence)
    : undefined;
}

export interface RelayListener {
  /** A notice for a player who may have a seat here. */
  notice(userId: string, notice: Notice): void;
  /** The player has a new seat elsewhere (`joined`), is back on one, or asks for everything (`asked`). */
  wanted(userId: string, why: Why): void;
  /** The player was sent these elsewhere; `acknowledged`: and has seen them. */
  taken(userId: string, ids: readonly string[], acknowledged: boolean): void;
}

export type Why = "joined" | "returned" | "asked";

const from = z.string();
const userId = z.string();
const wireSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["hello", "here"]), from }),
  z.object({ kind: z.literal("notice"), from, userId, notice: noticeSchema }),
  z.object({ kind: z.literal("wanted"), from, userId, why: z.enum(["joined", "returned", "asked"]) }),
  z.object({ kind: z.literal("taken"), from, userId, ids: z.array(z.string()), acknowledged: z.boolean() }),
]);
type Wire = z.infer<typeof wireSchema>;
type Untold<W> = W extends unknown ? Omit<W, "from"> : never;

export interface RelayParts {
  readonly app: string;
  /** This outbox, unlike any other. */
  readonly outbox: string;
  /** Of this process, itself included: after a hot reload there are several. */
  readonly outboxes: Set<string>;
  readonly source: PresenceSource;
  readonly listener: RelayListener;
}

/**
 * Carries notices between the processes of a game, over Colyseus's presence on a channel of its own, `questline:<app>`.
 * User ids and notices travel, never a credential. What is lost on the way is lost: unlocks come again from the store.
 */
export class Relay {
  readonly #topic: string;
  readonly #parts: RelayParts;
  #presence: Presence | undefined;
  /** Of the rooms, where they told. */
  #given: Presence | undefined;
  #greeted: Presence | undefined;
  readonly #heard = new WeakSet<Presence>();
  #warned = false;
  #failing = false;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#topic = `questline:${parts.app}`;
    parts.outboxes.add(parts.outbox);
    void parts.source.ready.then(() => this.#attach()).catch((error: unknown) => this.#failed(error));
  }

  /** A room of this process takes reports, with this presence. Repeating it changes nothing. */
  hosts(given?: Presence): void {
    this.#given = given ?? this.#given;
    const presence = this.#attach();
    if (!presence || presence === this.#greeted) return;
    this.#greeted = presence;
    this.#publish({ kind: "hello" });
  }

  notice(userId: string, notice: Notice): void {
    this.#publish({ kind: "notice", userId, notice });
  }

  want(userId: string, why: Why): void {
    this.#publish({ kind: "wanted", userId, why });
  }

  took(userId: string, ids: readonly string[], acknowledged: boolean): void {
    this.#publish({ kind: "taken", userId, ids: [...ids], acknowledged });
  }

  /** The presence of now, subscribed to. */
  #attach(): Presence | undefined {
    const presence = this.#given ?? this.#parts.source.current();
    if (!presence || presence === this.#presence) return presence;
    this.#presence = presence;
    if (this.#heard.has(presence)) return presence;
    this.#heard.add(presence);
    // What is published after this is heard: a presence keeps the order of what it is asked.
    void this.#trying(() =>
      presence.subscribe(this.#topic, (message) => guarded("a relayed notice", () => this.#hear(message))),
    );
    return presence;
  }

  #publish(message: Untold<Wire>): void {
    const presence = this.#attach();
    if (presence) void this.#trying(() => presence.publish(this.#topic, { ...message, from: this.#parts.outbox }));
  }

  async #trying(step: () => unknown): Promise<void> {
    try {
      await step();
      this.#failing = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (!this.#failing) warn("notices do not reach other processes", { error: wordsOf(error) });
    this.#failing = true;
  }

  #hear(message: unknown): void {
    if (typeof message === "object" && message !== null && Reflect.get(message, "from") === this.#parts.outbox) return;
    const read = wireSchema.safeParse(message);
    // A process of another version may say what this one does not know.
    if (!read.success) return;
    const { listener } = this.#parts;
    const { data } = read;
    switch (data.kind) {
      case "notice":
        // After a hot reload every outbox of the process hears of the one file's outcomes by itself.
        return this.#parts.outboxes.has(data.from) ? undefined : listener.notice(data.userId, data.notice);
      case "wanted":
        return listener.wanted(data.userId, data.why);
      case "taken":
        return listener.taken(data.userId, data.ids, data.acknowledged);
      case "hello":
        if (this.#greeted) this.#publish({ kind: "here" });
        return this.#meet(data.from);
      case "here":
        return this.#meet(data.from);
    }
  }

  #meet(outbox: string): void {
    if (this.#warned || !this.#greeted || this.#parts.outboxes.has(outbox)) return;
    this.#warned = true;
    warn(
      "another process reports for the same app into an outbox of its own: a player whose rooms are in both counts through " +
        "two outboxes, which cannot tell their own writes from the other's. Keep a player's rooms in one process",
      { app: this.#parts.app },
    );
  }
}
