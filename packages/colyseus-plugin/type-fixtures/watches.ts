import { questlinePlugin } from "../src/questline-plugin.ts";
import { memoryStreaks } from "../src/streak-store.ts";
import { questline } from "./duel-room.ts";

interface DuelState {
  readonly phase: string;
  readonly winner: string;
}
interface GameOver {
  readonly winner: string;
}

export const watched = questlinePlugin(questline, {
  watch: {
    event: "matchEnded",
    state: ({ phase }: DuelState) => phase === "ended",
    results: ({ winner }, { sessionId }) => ({ won: winner === sessionId, timeMs: 1 }),
    broadcast: { game_over: ({ winner }: GameOver, { sessionId }) => ({ won: winner === sessionId, timeMs: 1 }) },
  },
});

export const unknownEvent = questlinePlugin(questline, {
  watch: {
    event: "matchEndd", // expect: Type '"matchEndd"' is not assignable to type '"kill" | "matchEnded"'
    state: ({ phase }: DuelState) => phase === "ended",
  },
});

export const wrongPayload = questlinePlugin(questline, {
  watch: {
    event: "matchEnded",
    state: ({ phase }: DuelState) => phase === "ended",
    results: () => ({ won: 1, timeMs: 1 }), // expect below: Type 'number' is not assignable to type 'boolean'
  },
});

export const wrongField = questlinePlugin(questline, {
  watch: {
    event: "matchEnded",
    state: ({ phase }: DuelState) => phase === "ended",
    results: (state) => ({ won: state.victor !== "", timeMs: 1 }), // expect: Property 'victor' does not exist on type 'DuelState'
  },
});

export const wrongAnswer = questlinePlugin(questline, {
  watch: {
    event: "matchEnded",
    state: (state: DuelState) => state.phase, // expect below: Type 'string' is not assignable to type 'boolean'
    results: () => ({ won: true, timeMs: 1 }),
  },
});

export const wrongBroadcast = questlinePlugin(questline, {
  watch: {
    event: "matchEnded",
    broadcast: { game_over: (message: GameOver) => ({ won: message.victor !== "", timeMs: 1 }) }, // expect: Property 'victor' does not exist on type 'GameOver'
  },
});

export const misspelt = questlinePlugin(questline, {
  watch: {
    event: "matchEnded",
    broadcasts: {}, // expect: 'broadcasts' does not exist in type
  },
});

export const several = questlinePlugin(questline, {
  watch: [
    {
      event: "matchEnded",
      state: ({ phase }: DuelState) => phase === "ended",
      results: ({ winner }, { sessionId, tally }) => ({ won: winner === sessionId, timeMs: tally.count("kill") }),
    },
    {
      event: "matchEnded",
      state: ({ phase }: DuelState) => phase === "aborted",
      results: (state) => ({ won: state.winner === "", timeMs: 1 }),
    },
    { event: "kill", broadcast: { last_kill: ({ winner }: GameOver) => ({ weapon: winner, points: 1 }) } },
  ],
});

export const severalUnknownEvent = questlinePlugin(questline, {
  watch: [
    { event: "kill", broadcast: { last_kill: () => ({ weapon: "bow", points: 1 }) } },
    { event: "matchEndd", broadcast: {} }, // expect: Type '"matchEndd"' is not assignable to type '"kill" | "matchEnded"'
  ],
});

export const severalWrongPayload = questlinePlugin(questline, {
  watch: [
    { event: "kill", broadcast: { last_kill: () => ({ weapon: "bow", points: 1 }) } },
    { event: "matchEnded", broadcast: { game_over: () => ({ won: 1, timeMs: 1 }) } }, // expect: Type 'number' is not assignable to type 'boolean'
  ],
});

export const severalWrongField = questlinePlugin(questline, {
  watch: [
    {
      event: "matchEnded",
      state: ({ phase }: DuelState) => phase === "ended",
      results: (state) => ({ won: state.victor !== "", timeMs: 1 }), // expect: Property 'victor' does not exist on type 'DuelState'
    },
  ],
});

export const severalMisspelt = questlinePlugin(questline, {
  watch: [
    { event: "matchEnded", broadcasts: {} }, // expect: 'broadcasts' does not exist in type
  ],
});

export const streaking = questlinePlugin(questline, {
  streaks: { store: memoryStreaks(), event: "matchEnded", of: { wins: (end) => end.won } },
});

export const wrongStreak = questlinePlugin(questline, {
  streaks: { store: memoryStreaks(), event: "matchEnded", of: { wins: (end) => end.victory } }, // expect: Property 'victory' does not exist on type 'MatchEnded'
});
