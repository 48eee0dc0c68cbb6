import type { Room } from "@colyseus/sdk";
import { expect } from "vitest";

/** Plays the noughts game to the third cross of the first one in the first row, and as often again. */
export async function playNoughts(winner: Room, loser: Room, again = 0): Promise<void> {
  const won = () => (winner.state as { winner: string }).winner;
  for (let round = 0; round <= again; round++) {
    if (round > 0) winner.send("again");
    await expect.poll(won, { interval: 10 }).toBe("");
    // It is the winner's turn again.
    for (const [room, cell] of [
      [winner, 0],
      [loser, 3],
      [winner, 1],
      [loser, 4],
      [winner, 2],
    ] as const) {
      room.send("place", { cell });
      await expect.poll(() => (winner.state as { cells: number[] }).cells[cell], { interval: 5 }).not.toBe(0);
    }
    await expect.poll(won, { interval: 10 }).toBe(winner.sessionId);
  }
  await Promise.all([winner.leave(), loser.leave()]);
}
