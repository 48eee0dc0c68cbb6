import { isDevMode, matchMaker, Room } from "@colyseus/core";
import { baseRoomOf } from "./base-room.ts";
import { presenceOf } from "./relay.ts";
import { dropCredential } from "./take-credential.ts";
import { wrapMember } from "./wrap-member.ts";

/**
 * Whoever makes a room by joining it has a credential in the join options, where players are verified at the room, and
 * `onCreate` is given a copy of those. A room that is attached to within `onCreate` has them already, so that what it makes
 * public of them is cleaned, and its class's next rooms begin without.
 */
export function cleanListing(room: Room): void {
  wrapMember(room, "setMetadata", (setMetadata) => (metadata, ...rest) => {
    dropDeeply(metadata);
    return setMetadata.call(room, metadata, ...rest);
  });
  const own = Object.getOwnPropertyDescriptor(baseRoomOf(room.constructor).prototype, "metadata");
  if (!own?.set) return;
  Object.defineProperty(room, "metadata", {
    configurable: true,
    get: () => own.get?.call(room) as unknown,
    set(metadata: unknown) {
      dropDeeply(metadata);
      own.set?.call(room, metadata);
    },
  });
}

/** The hash in which Colyseus keeps, in devMode, what each room was made with (seen with @colyseus/core 0.17.51 and 0.18.17). */
const HISTORY = "roomhistory";

/** In devMode the creator's options are written down as they came, in clear, for the room's next life: without the credential. */
export function cleanHistory(room: Room): void {
  // Whether a second copy of Colyseus is in devMode, it does not say.
  const isOurs = baseRoomOf(room.constructor) === Room;
  if (isOurs && !isDevMode) return;
  const presence = (isOurs ? matchMaker.presence : presenceOf(room)) as
    | Pick<typeof matchMaker.presence, "hset">
    | undefined;
  if (!presence || cleaned.has(presence)) return;
  cleaned.add(presence);
  const { hset } = presence;
  presence.hset = (key, field, value) => hset.call(presence, key, field, key === HISTORY ? cleanText(value) : value);
}

function cleanText(value: string): string {
  try {
    const history: unknown = JSON.parse(value);
    dropDeeply(history);
    return JSON.stringify(history);
  } catch {
    return value;
  }
}

const cleaned = new WeakSet<object>();

/** From now on, rooms of this class are given clean options. */
export function cleanNextRooms(room: Room): void {
  const prototype = Object.getPrototypeOf(room) as Pick<Room, "onCreate">;
  const { onCreate } = prototype;
  if (typeof onCreate !== "function" || !Object.hasOwn(prototype, "onCreate") || cleaned.has(prototype)) return;
  cleaned.add(prototype);
  prototype.onCreate = function (this: Room, options) {
    dropCredential(options);
    return onCreate.call(this, options);
  };
}

/** Deeper than anybody puts join options. */
const DEEPEST = 4;

function dropDeeply(value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null || depth === DEEPEST) return;
  dropCredential(value);
  for (const member of Object.values(value)) dropDeeply(member, depth + 1);
}
