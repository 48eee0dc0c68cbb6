import type { Client, Room } from "@colyseus/core";
import { z } from "zod";
import type { Hub } from "./hub.ts";
import { guarded } from "./log.ts";
import { ACK, PULL, TOKEN, type Ack, type TokenAnswer } from "./messages.ts";
import { RateGate } from "./rate-gate.ts";
import { systemClock } from "./runtime/clock.ts";
import type { Roster } from "./roster.ts";
import type { Seat } from "./seat.ts";

/** Handlers the plugin adds to the room; public, so that the SDK's `room.send` is typed for them. */
export type QuestlineHandlers = {
  readonly [TOKEN]: (client: Client, answer: TokenAnswer) => void;
  readonly [PULL]: (client: Client, nothing?: undefined) => void;
  readonly [ACK]: (client: Client, ack: Ack) => void;
};

/** What the handlers need of their room; it is not there before the framework has wired the plugin. */
export interface RoomParts {
  readonly hub: Hub;
  readonly roster: Roster;
  /** Where guests may play: takes a guest's token. */
  readonly claim?: (client: Client, seat: Seat, token: string) => Promise<void>;
}

/** Pulls and acknowledgements of one connection in a minute; as many may come at once. */
export const MOST_PULLS = 12;
export const MOST_ACKS = 120;

// A user access token is opaque; anything longer than a frame of the transport cannot be one.
const answerSchema = z.object({ token: z.string().min(1).max(4096) });
const pullSchema = z.union([z.null(), z.undefined(), z.strictObject({})]);
const ackSchema = z.strictObject({ ids: z.array(z.string().min(1).max(300)).max(100) });

interface Gates {
  readonly pull: RateGate;
  readonly ack: RateGate;
  warned: boolean;
}

/** What clients send to the plugin, read with care: nothing of it throws into the room. */
export function roomMessages(parts: () => RoomParts | undefined): QuestlineHandlers {
  const gates = new WeakMap<Client, Gates>();
  const gatesOf = (client: Client): Gates => {
    const known = gates.get(client);
    if (known) return known;
    const pull = new RateGate({ mostPerMinute: MOST_PULLS, mostAtOnce: 1 }, systemClock);
    const ack = new RateGate({ mostPerMinute: MOST_ACKS, mostAtOnce: MOST_ACKS }, systemClock);
    const fresh: Gates = { pull, ack, warned: false };
    gates.set(client, fresh);
    return fresh;
  };
  const ignore = (client: Client, type: string, why: string): void => {
    const known = gatesOf(client);
    if (!known.warned) parts()?.hub.seldom.warn(`${type} is ignored: ${why}`, { sessionId: client.sessionId });
    known.warned = true;
  };
  const through = async (client: Client, type: typeof PULL | typeof ACK, step: () => Promise<void>): Promise<void> => {
    const { pull, ack } = gatesOf(client);
    const late = await (type === PULL ? pull : ack).pass(step);
    if (late) ignore(client, type, "too many from this connection");
  };

  return {
    [TOKEN]: (client, answer) => guarded("a token answer", () => takeToken(parts(), client, answer)),
    [PULL]: (client, nothing) =>
      guarded("a pull", () => {
        const room = parts();
        const userId = room?.roster.userIdOf(client);
        const seat = userId !== undefined && room?.hub.seatOf(userId, client.sessionId);
        if (!pullSchema.safeParse(nothing).success) ignore(client, PULL, "it takes no payload");
        else if (room && seat) void through(client, PULL, () => room.hub.mail.pull(userId, seat));
      }),
    [ACK]: (client, ack) =>
      guarded("an acknowledgement", () => {
        const room = parts();
        const userId = room?.roster.userIdOf(client);
        const read = ackSchema.safeParse(ack);
        if (!read.success) ignore(client, ACK, "it takes { ids }, up to 100 texts");
        else if (room && userId !== undefined)
          void through(client, ACK, () => room.hub.mail.acknowledge(userId, read.data.ids));
      }),
  };
}

/**
 * Gives the room a record of handlers of its own, before Colyseus adds the plugin's to it: in one that rooms share, all of
 * them would get the first room's; a frozen one refuses them, and a getter's loses them.
 */
export function ownHandlers(room: Room): void {
  const { messages } = room;
  if (!messages) return;
  Object.defineProperty(room, "messages", {
    value: { ...messages },
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function takeToken(room: RoomParts | undefined, client: Client, answer: unknown): void {
  if (!room) return;
  const { hub, roster, claim } = room;
  const userId = roster.userIdOf(client);
  const guest = userId === undefined && claim && roster.guestSeat(client);
  const read = answerSchema.safeParse(answer);
  if (guest) {
    // From then on it is a player like any other, who hears of what is reported now.
    if (read.success) void claim(client, guest, read.data.token);
    return;
  }
  if (userId === undefined)
    return hub.seldom.warn("a token of a connection that is not verified is ignored", { sessionId: client.sessionId });
  if (read.success) void hub.tokens.answer(userId, read.data.token);
  else hub.tokens.unreadable(userId);
}
