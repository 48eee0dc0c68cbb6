import type { Seed } from "@questline/emulator";
import type { BotPlayer } from "../wire.ts";

export const app = { id: "4271", secret: "arena-secret" } as const;
export const ROOMS = 4;

export interface DemoPlayer extends BotPlayer {
  readonly alias: string;
}

const names = [
  ["amber", "azure", "coral", "ebony", "hazel", "ivory", "lilac", "olive"],
  ["badger", "cobra", "falcon", "heron", "jackal", "lynx", "otter", "raven"],
  ["basalt", "flint", "garnet", "jasper", "opal", "quartz", "slate", "topaz"],
  ["aspen", "birch", "cedar", "elder", "linden", "maple", "rowan", "willow"],
] as const;

const proofs = ["header", "option", "nonce"] as const;

/** Four rooms of players. Their ids are above 2^53, as real ones are. */
export function demoPlayers(perRoom: number): readonly DemoPlayer[] {
  return Array.from({ length: ROOMS * perRoom }, (_, index) => {
    const arena = Math.floor(index / perRoom);
    const seat = index % perRoom;
    const row = names[arena] ?? names[0];
    const turn = Math.floor(seat / row.length);
    const alias = `${row[seat % row.length]}${turn === 0 ? "" : turn + 1}`;
    const proof = proofs[seat % proofs.length] ?? "header";
    return { arena, alias, proof, user: String(72_057_594_037_930_000n + BigInt(index)) };
  });
}

/** The platform before the first match. Written apart from the game's own catalogue, as a dashboard is. */
export function demoSeed(players: readonly DemoPlayer[]): Seed {
  return {
    apps: [
      {
        ...app,
        achievements: [
          { ...achievement("FIRST_WIN", "First win"), achievement_type: "SIMPLE" },
          { ...achievement("HEADSHOTS_15", "Fifteen headshots"), achievement_type: "COUNT", target: 15 },
          { ...achievement("KILLS_1000000", "A million drones"), achievement_type: "COUNT", target: 1_000_000 },
          { ...achievement("EVERY_MAP", "Every map"), achievement_type: "BITFIELD", target: 3, bitfield_length: 3 },
        ],
        leaderboards: [
          { api_name: "POINTS", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" },
          { api_name: "BEST_TIME", sort_order: "LOWER_IS_BETTER", entry_write_policy: "CLIENT_AUTHORITATIVE" },
        ],
      },
    ],
    users: players.map(({ alias, user }) => ({ alias, ids: { [app.id]: user } })),
    switches: { writePolicy: "strict" },
  };
}

function achievement(apiName: string, title: string) {
  return { api_name: apiName, title, achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;
}
