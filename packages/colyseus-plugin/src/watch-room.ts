import { ClientState, type AuthContext, type Client, type Room } from "@colyseus/core";
import type { IntoAuth } from "./admission.ts";
import { baseRoomOf } from "./base-room.ts";
import { guarded } from "./log.ts";
import { wrapMember } from "./wrap-member.ts";

/** What the plugin wants to know of a room. None of it may throw into the room. */
export interface RoomWatcher {
  /** With the options of whoever made the room, before the room's own hook has them. */
  created(options?: unknown): void;
  /** Where the plugin verifies players itself: what to make of `client.auth`. A rejection refuses the join. */
  readonly authenticate?: (
    client: Client,
    options: unknown,
    context: AuthContext | undefined,
  ) => Promise<IntoAuth | undefined>;
  /** A throw refuses the join. */
  admit(client: Client): void;
  /** A connection is at its seat. Told before `authenticate` and `admit`, which wait where something is to be read first. */
  arriving(client: Client, options: unknown): Promise<void> | undefined;
  joining(client: Client): void;
  joinRefused(client: Client): void;
  returned(client: Client): void;
  /** A connection is gone: the room's own `onDrop` or `onLeave` comes next. */
  leaving(client: Client): void;
  /** A session is over. */
  left(client: Client): void;
  /** Everybody is about to be thrown out by the server. */
  evicting(): void;
  /** That failed. */
  staying(): void;
  /** Everybody left, and the room's own `onDispose` comes next. */
  disposing(): void;
  disposed(): void;
  /** To survive a devMode restart. */
  toCache(): object;
  fromCache(cached: object): void;
  /** The room's own hook ran, too. */
  restored(): void;
}

const CACHE_KEY = "questline";
const creating = new WeakSet<Room>();

/** This room's `onCreate` runs already: whoever watches it next is told at once that it is created. */
export function entersDuringCreate(room: Room): void {
  creating.add(room);
}

/**
 * Wraps the hooks of one room instance, those it assigns later included.
 *
 * @NOTE The framework's own plugin hooks are wired on the prototype: skipped for the first instance of a class with
 * `onUncaughtException`, shadowed by hooks written as arrow functions, doubled in subclasses, and skipped after a hook
 * that throws (seen with @colyseus/core 0.18.17). Wrapping the instance has none of that. No `onDrop` is added to a room
 * without one, since that would change which hook an abnormal close calls.
 */
export function watchRoom(room: Room, watcher: RoomWatcher): void {
  if (creating.has(room)) guarded("onCreate", () => watcher.created());
  else {
    wrapMember(room, "onCreate", (onCreate) => (options) => {
      guarded("onCreate", () => watcher.created(options));
      return onCreate?.call(room, options);
    });
  }

  const { authenticate } = watcher;
  // Wrapping a room without a hook of its own would make one, and `true` of its players' `auth`.
  if (authenticate || (room.onAuth && room.onAuth !== baseRoomOf(room.constructor).prototype.onAuth)) {
    wrapMember(room, "onAuth", (onAuth) => async (client: Client, options: unknown, context: AuthContext) => {
      await guarded("onAuth", () => watcher.arriving(client, options));
      const into = await authenticate?.(client, options, context);
      const theirs: unknown = await onAuth.call(room, client, options, context);
      if (!theirs || !into) return theirs;
      // The game's own object, or what a Colyseus token says of the account.
      const account: unknown = theirs === true ? client.auth : theirs;
      return into(typeof account === "object" && account !== null ? account : {});
    });
  }

  wrapMember(room, "onJoin", (onJoin) => async (client, ...rest) => {
    const arriving = guarded("onJoin", () => watcher.arriving(client, rest[0]));
    if (arriving) await arriving;
    watcher.admit(client);
    guarded("onJoin", () => watcher.joining(client));
    try {
      return await onJoin?.call(room, client, ...rest);
    } catch (error) {
      guarded("onJoin", () => watcher.joinRefused(client));
      throw error;
    }
  });

  wrapMember(room, "onReconnect", (onReconnect) => (client) => {
    guarded("onReconnect", () => watcher.returned(client));
    return onReconnect?.call(room, client);
  });

  // A room without an `onDrop` stays without.
  wrapMember(
    room,
    "onDrop",
    (onDrop) =>
      onDrop &&
      ((client, code) => {
        guarded("onDrop", () => watcher.leaving(client));
        return onDrop.call(room, client, code);
      }),
  );

  wrapMember(room, "onLeave", (onLeave) => async (client, code) => {
    guarded("onLeave", () => watcher.leaving(client));
    try {
      return await onLeave?.call(room, client, code);
    } finally {
      // A room that awaits allowReconnection inside onLeave ends it for the old connection of a player who is back.
      if (client.state !== ClientState.RECONNECTED) guarded("onLeave", () => watcher.left(client));
    }
  });

  watchEvictions(room, watcher);

  wrapMember(room, "onDispose", (onDispose) => async () => {
    guarded("onDispose", () => watcher.disposing());
    try {
      return await onDispose?.call(room);
    } finally {
      guarded("onDispose", () => watcher.disposed());
    }
  });

  wrapMember(room, "onCacheRoom", (onCacheRoom) => () => {
    const cached: unknown = onCacheRoom?.call(room);
    const isMergeable =
      cached === undefined || (typeof cached === "object" && cached !== null && !Array.isArray(cached));
    return isMergeable ? { ...cached, [CACHE_KEY]: guarded("onCacheRoom", () => watcher.toCache()) } : cached;
  });

  wrapMember(room, "onRestoreRoom", (onRestoreRoom) => (cached) => {
    const ours: unknown = cached?.[CACHE_KEY];
    if (typeof ours === "object" && ours !== null) guarded("onRestoreRoom", () => watcher.fromCache(ours));
    try {
      return onRestoreRoom?.call(room, cached);
    } finally {
      guarded("onRestoreRoom", () => watcher.restored());
    }
  });
}

/** @NOTE devMode rejects pending reconnections before it caches a room, by a method of Colyseus's own (seen with 0.18.17). */
function watchEvictions(room: Room, watcher: Pick<RoomWatcher, "evicting" | "staying">): void {
  wrapMember(room, "disconnect", (disconnect) => (...rest) => {
    guarded("disconnect", () => watcher.evicting());
    try {
      return disconnect.apply(room, rest);
    } catch (error) {
      guarded("disconnect", () => watcher.staying());
      throw error;
    }
  });
  const inner = room as unknown as { _rejectPendingReconnections?: (reason: string) => unknown };
  const reject = inner._rejectPendingReconnections;
  if (typeof reject !== "function") return;
  inner._rejectPendingReconnections = (reason) => {
    guarded("disconnect", () => watcher.evicting());
    return reject.call(room, reason);
  };
}
