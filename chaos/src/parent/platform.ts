import { app, type Board } from "../plan/catalogue.ts";
import type { Actual } from "../ledger/compare.ts";
import type { EmulatorOrders } from "../wire.ts";
import type { Processes, Program } from "./processes.ts";

/** The emulated platform, in a process of its own. */
export interface Platform extends Pick<Program<EmulatorOrders, unknown>, "ask"> {
  readonly url: string;
}

export async function startPlatform(processes: Processes, seed: number): Promise<Platform> {
  const program = processes.start<EmulatorOrders, { url: string }>("../emulator/emulator.ts", {
    CHAOS_SEED: String(seed),
  });
  const { url } = await program.ready;
  return { url, ask: program.ask };
}

/** The emulator's books in the words of the comparison. */
export async function readBooks(platform: Platform): Promise<Actual> {
  const { world, oracle } = await platform.ask("books");
  const key = (user: string, name: string): string => `${user} ${name}`;
  const rows = new Map(
    world.users.flatMap(({ achievements }) => achievements.map((row) => [key(row.userId, row.apiName), row])),
  );
  const added = new Map(oracle.achievements.map((row) => [key(row.userId, row.apiName), Number(row.added)]));
  const boards = world.apps.find(({ id }) => id === app.id)?.leaderboards ?? [];
  const scores = new Map(
    boards.flatMap(({ apiName, entries }) =>
      entries.map(({ userId, score }) => [key(userId, apiName), Number(score)] as const),
    ),
  );
  return {
    users: new Set([...rows.keys(), ...added.keys(), ...scores.keys()].map((at) => at.slice(0, at.indexOf(" ")))),
    progress(user, name) {
      const row = rows.get(key(user, name));
      const bits = [...(row?.bits ?? "")].flatMap((bit, position) => (bit === "1" ? [position] : []));
      return {
        unlocked: row?.unlocked ?? false,
        count: Number(row?.count ?? 0),
        bits: new Set(bits),
        added: added.get(key(user, name)) ?? 0,
      };
    },
    score: (user: string, board: Board) => scores.get(key(user, board)),
  };
}
