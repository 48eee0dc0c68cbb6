import type { Room } from "@colyseus/core";
import type { MatchWatch } from "../src/match-watch.ts";
import type { FakeEvents } from "./fake-questline.ts";
import { scene, type Scene } from "./scene.ts";

/** What a game of two shows. */
export interface DuelState {
  phase: string;
  winner?: string;
}
export type Watch = MatchWatch<FakeEvents, DuelState>;

export const watchState: Watch = {
  event: "matchEnded",
  state: ({ phase }) => phase === "ended",
  results: ({ winner }, { sessionId }) => ({ won: sessionId === winner }),
};
const gameOver = (message: { winner: string }, { sessionId }: { sessionId: string }): { won: boolean } => ({
  won: sessionId === message.winner,
});
export const watchBroadcast: Watch = { event: "matchEnded", broadcast: { game_over: gameOver } };

export interface Duel extends Scene {
  readonly state: DuelState;
  /** The room sends a patch, two seconds after whatever was before. */
  patch(): void;
  broadcast(type: string, message: unknown): void;
  /** Matches with a reported end, and how many players of it. */
  ends(): Record<string, number>;
}

/** A room of two with a state and a broadcast of its own. A new class each: what is said, is said once for a class. */
export async function duel(watch: unknown, hooks: Partial<Room> = {}): Promise<Duel> {
  const state: DuelState = { phase: "playing" };
  const DuelRoom = { name: "DuelRoom" };
  const made = scene({ watch: watch as never }, {
    constructor: DuelRoom,
    state,
    broadcast: () => {},
    ...hooks,
  } as never);
  await made.join("s1", { id: "1" });
  await made.join("s2", { id: "2" });
  const { room, reported } = made;
  return {
    ...made,
    state,
    patch: () => {
      made.clock.advance(2_000);
      room.onBeforePatch?.(room.state as never);
    },
    broadcast: (type, message) => void (room as unknown as Duel).broadcast(type, message),
    ends: () =>
      reported
        .filter(({ event }) => event === "matchEnded")
        .reduce<Record<string, number>>((ends, { match }) => ({ ...ends, [match]: (ends[match] ?? 0) + 1 }), {}),
  };
}
