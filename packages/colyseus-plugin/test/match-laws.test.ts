import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { watchState, type DuelState } from "./duel-scene.ts";
import type { FakeClient } from "./fake-room.ts";
import { scene, turn, type Scene } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const USERS = ["1", "2", "3"] as const;
type Move = { readonly user: (typeof USERS)[number]; readonly does: "comes" | "leaves" | "drops" | "returns" };
const moves = fc.array(
  fc.record<Move>({
    user: fc.constantFrom(...USERS),
    does: fc.constantFrom("comes", "leaves", "drops", "returns"),
  }),
  { maxLength: 6 },
);
/** What people do in the lobby, in the match, and while results are shown. */
const evening = fc.array(fc.record({ lobby: moves, match: moves, results: moves, givenUp: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});

/** People at the door of one room. Who has a seat, and who is at it, is kept here, by themselves. */
class Door {
  readonly #game: Scene;
  readonly #here = new Map<string, FakeClient>();
  readonly #away = new Map<string, FakeClient>();
  #seats = 0;

  constructor(game: Scene) {
    this.#game = game;
  }

  get here(): readonly string[] {
    return [...this.#here.keys()];
  }

  async move({ user, does }: Move): Promise<void> {
    const [at, away] = [this.#here.get(user), this.#away.get(user)];
    if (does === "comes" && !at) {
      this.#here.set(user, await this.#game.join(`s${++this.#seats}`, { id: user }));
      // Their old seat runs out some time: for good, they have left it.
      if (away) await this.#game.leave(away);
      this.#away.delete(user);
    } else if (does === "leaves" && at) {
      this.#here.delete(user);
      await this.#game.leave(at);
    } else if (does === "drops" && at) {
      this.#here.delete(user);
      this.#game.drop(at);
      await this.#game.room.onDrop?.(at, 1006);
      this.#away.set(user, at);
    } else if (does === "returns" && away) {
      this.#away.delete(user);
      this.#here.set(user, this.#game.comeBack(away));
    }
  }
}

test.each([
  ["a patch after each change", true],
  ["a lobby after an end that no patch shows", false],
])("whoever was there in a match has one result of it, and nobody else: %s", async (_, patches) => {
  await fc.assert(
    fc.asyncProperty(evening, async (matches) => {
      const state: DuelState = { phase: "lobby" };
      const watch = { ...watchState, begins: ({ phase }: DuelState) => phase === "playing" };
      const game = scene(
        { watch } as never,
        { constructor: { name: "EveningRoom" }, state, onDrop: () => {} } as never,
      );
      const door = new Door(game);
      const expected = new Map<string, number>();
      let isGivenUp = false;
      const show = async (phase: string): Promise<void> => {
        state.phase = phase;
        if (patches || phase !== "lobby" || isGivenUp) game.room.onBeforePatch?.(state as never);
        game.clock.advance(2_000);
        await turn();
      };
      const play = async (script: readonly Move[], seen: Set<string>): Promise<void> => {
        for (const user of door.here) seen.add(user);
        for (const move of script) {
          await door.move(move);
          for (const user of door.here) seen.add(user);
        }
      };

      for (const { lobby, match, results, givenUp } of matches) {
        await show("lobby");
        await play(lobby, new Set());
        await show("playing");
        const played = new Set<string>();
        await play(match, played);
        isGivenUp = givenUp;
        if (givenUp) continue;
        await show("ended");
        for (const user of played) expected.set(user, (expected.get(user) ?? 0) + 1);
        await play(results, new Set());
      }
      const counted = new Map<string, number>();
      for (const { userId } of game.reported) counted.set(userId, (counted.get(userId) ?? 0) + 1);
      expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(expected));
      expect(new Set(game.reported.map(({ match, userId }) => `${match} ${userId}`)).size).toBe(game.reported.length);
    }),
    { numRuns: 150 },
  );
});
