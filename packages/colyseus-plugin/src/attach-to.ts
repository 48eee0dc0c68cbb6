import { logger } from "@colyseus/core";
import type { Debts, Questline } from "@questline/core";
import { hubOf, type QuestlineFeeds } from "./hub.ts";
import { guarded, warn, wordsOf } from "./log.ts";
import { holdProcess, systemClock, type Clock } from "./runtime/clock.ts";

export interface AttachToOptions {
  /** How long results may still be delivered once all rooms are gone, ms. What is left goes on at the next start. Default 5000. */
  readonly timeoutMs?: number;
  /**
   * The server listens only once the store is open (`questline.ready`), so that a load balancer sends nobody to a process that
   * still waits for its file; `listen` rejects where that can never be. Default false: it listens at once, and reports wait.
   */
  readonly waitForReady?: boolean;
}

type Callback = () => unknown;

/** The part of a Colyseus server that `attachTo` uses. */
export interface ShutdownSlots {
  onBeforeShutdown(callback: () => void | Promise<unknown>): void;
  onShutdown(callback: () => void | Promise<unknown>): void;
}

type Closing = QuestlineFeeds & Pick<Questline, "flush" | "close" | "ready">;

const attached = new WeakMap<object, WeakSet<object>>();

/**
 * Closes Questline when the server shuts down: `attachTo(questline, defineServer({ … }))`, or in `config({ … })`
 * `initializeGameServer: (server) => attachTo(questline, server)`. Returns the server. Repeating it changes nothing.
 *
 * Colyseus has one slot for each shutdown callback. Yours, set before or later, are called first, as if they were alone
 * there. Throws TypeError for what is no Questline or no server.
 */
export function attachTo<S extends ShutdownSlots>(questline: Closing, server: S, options: AttachToOptions = {}): S {
  return attachWith(questline, server, options, systemClock);
}

/** `attachTo` by a clock of the caller's. */
export function attachWith<S extends ShutdownSlots>(
  questline: Closing,
  server: S,
  { timeoutMs = 5_000, waitForReady = false }: AttachToOptions,
  clock: Clock,
): S {
  hubOf(questline);
  if (typeof server?.onShutdown !== "function" || typeof server.onBeforeShutdown !== "function") {
    throw new TypeError("attachTo needs a Colyseus server: attachTo(questline, defineServer({ ... })).");
  }
  if (!Number.isFinite(timeoutMs) || timeoutMs < 0) throw new TypeError("timeoutMs must be milliseconds, 0 or more.");
  if (waitForReady && typeof Reflect.get(server, "listen") !== "function") {
    throw new TypeError("waitForReady needs a server with listen(): attachTo(questline, defineServer({ ... }), ...).");
  }
  if (isKnown(server, questline)) return server;
  if (waitForReady) listenLate(server, questline);

  let watchdog: { cancel(): void } | undefined;
  const close = async (): Promise<void> => {
    watchdog?.cancel();
    // Nothing may be open any more that holds the process while a delivery waits for its next attempt.
    const release = holdProcess();
    try {
      tell(await questline.close({ timeoutMs }));
    } catch (error) {
      warn("Questline could not be closed", { error: wordsOf(error) });
    } finally {
      release();
    }
  };

  share(server, "onBeforeShutdown", async (theirs) => {
    // Rooms may need longer than a platform gives a process, so what there is goes out now.
    const flush = (): void => void questline.flush().catch(() => {});
    guarded("flushing before the shutdown", flush);
    watchdog = clock.after(timeoutMs, () => {
      warn("a room's onDispose has not ended; results reported so far are safe in the store", { afterMs: timeoutMs });
      guarded("flushing while rooms are disposed", flush);
    });
    try {
      await theirs();
    } catch (error) {
      // Colyseus ends the process now, without disposing rooms or calling onShutdown.
      await close();
      throw error;
    }
  });
  share(server, "onShutdown", async (theirs) => {
    watchdog?.cancel();
    try {
      await theirs();
    } finally {
      await close();
    }
  });
  return server;
}

/** From here on the server listens only after Questline is ready. */
function listenLate(server: object, { ready }: Pick<Questline, "ready">): void {
  const listen = Reflect.get(server, "listen") as (...given: readonly unknown[]) => unknown;
  Reflect.set(server, "listen", async (...given: readonly unknown[]): Promise<unknown> => {
    await ready;
    return Reflect.apply(listen, server, given);
  });
}

/** Takes a slot for good: what was in it, and what is put there later, is called by `run`. */
function share(
  server: ShutdownSlots,
  slot: keyof ShutdownSlots,
  run: (theirs: () => Promise<unknown>) => Promise<void>,
): void {
  const take = server[slot].bind(server);
  let theirs = heldIn(server, slot);
  take(() => run(async () => theirs()));
  server[slot] = Object.assign((callback: Callback): void => void (theirs = callback), {
    held: (): Callback => theirs,
  });
}

/** The callback that is in the slot, without those of Questlines attached before. */
function heldIn(server: ShutdownSlots, slot: keyof ShutdownSlots): Callback {
  const register: ShutdownSlots[typeof slot] & { readonly held?: () => Callback } = server[slot];
  if (register.held) return register.held();
  const callback: unknown = Reflect.get(server, `${slot}Callback`);
  return typeof callback === "function" ? () => Reflect.apply(callback, server, []) : () => undefined;
}

function tell({ owed, dead, problem }: Debts): void {
  if (problem !== undefined) return warn("what is owed is not known as Questline closed", { problem });
  if (owed + dead > 0) logger.info(`questline: closed; ${owed} results go on at the next start, ${dead} need a person`);
}

function isKnown(server: object, questline: object): boolean {
  const known = attached.get(server) ?? new WeakSet();
  attached.set(server, known);
  if (known.has(questline)) return true;
  known.add(questline);
  return false;
}
