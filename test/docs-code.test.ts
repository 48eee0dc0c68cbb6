import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { codeBlocks } from "./code-blocks.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const docs = join(here, "../docs");
const read = (page: string): Promise<string> => readFile(join(docs, page), "utf8");

/** What the pages' lines stand in: a game's questline, its types, and a room around the members that a page shows. */
const surroundings = {
  "questline.ts": `
import { createQuestline, each, memoryStore, oncePerMatch } from "@questline/core";

export interface MatchEnded { won: boolean; draw?: boolean; place?: number; flawless?: boolean; points?: number; longestShot?: number; winsInARow?: number }
export const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: memoryStore(),
  achievements: {},
  events: {
    matchEnded: oncePerMatch<MatchEnded>(),
    lastStand: oncePerMatch<{ kills: number }>(),
    kill: each<{ points: number }>(),
    death: each<object>(),
    shot: each<{ metres: number }>(),
  },
});
`,
  "duel-room.ts": `
import { type Client, definePlugins, Room } from "colyseus";
import { questlinePlugin } from "@questline/colyseus";
import type { QuestlineMessages } from "@questline/colyseus/messages";
import { questline } from "./questline.ts";

export class DuelRoom extends Room<{ client: Client<{ messages: QuestlineMessages }> }> {
  plugins = definePlugins([questlinePlugin(questline)]);
}
`,
};

const roomAround = (members: string): string => `
import { type Client, definePlugins, Room } from "colyseus";
import { questlinePlugin } from "@questline/colyseus";
import { questline } from "./questline.ts";
import { streaks } from "./streaks.ts";

class MyState {
  phase = "";
  winner = "";
  wave = 1;
  ranking: string[] = [];
  players = new Map<string, { team: string }>();
}
interface GameOver { winner: string }
interface News extends GameOver { kind: string }

export class MyRoom extends Room {
  declare state: MyState;
  ${members.includes("plugins =") ? "" : "plugins = definePlugins([questlinePlugin(questline)]);"}
  ${members}
}
export type Used = Client | GameOver | News | typeof streaks;
`;

const store = `import { sqliteStreaks } from "@questline/colyseus";\nexport const streaks = sqliteStreaks("streaks.db");\n`;

const watchWith = (results: string): string => `
plugins = definePlugins([
  questlinePlugin(questline, {
    watch: { event: "matchEnded", state: (state: MyState) => state.phase === "ended", results: ${results} },
  }),
]);
`;

async function typeErrors(files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(join(here, ".readme"), { recursive: true });
  const folder = await mkdtemp(join(here, ".readme", "docs-"));
  try {
    for (const [name, code] of Object.entries(files)) await writeFile(join(folder, name), code);
    const compilerOptions = {
      noPropertyAccessFromIndexSignature: false,
      noImplicitOverride: false,
      noUnusedLocals: false,
    };
    const project = { extends: "../../../tsconfig.colyseus.json", compilerOptions, include: ["*.ts"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(project));
    return await promisify(execFile)(join(here, "../node_modules/.bin/tsc"), ["-p", folder]).then(
      () => "",
      (error: { stdout: string }) => error.stdout,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe("the code in docs/", () => {
  test("clients.md: the JavaScript client compiles, typed by the room's class", async () => {
    const client = codeBlocks(await read("clients.md")).get("client.ts") ?? "";
    expect(client).toContain("joinOrCreate<DuelRoom>");
    expect(await typeErrors({ ...surroundings, "client.ts": client })).toBe("");
    const misspelt = client.replace("{ token: await", "{ tokn: await");
    expect(await typeErrors({ ...surroundings, "client.ts": misspelt })).toMatch(/^\S*client\.ts\(15,\d+\): error/);
  });

  test("colyseus.md: its first room compiles", async () => {
    const room = codeBlocks(await read("colyseus.md")).get("arena-room.ts") ?? "";
    expect(room).toContain("begins:");
    const state = `import { schema, t, type SchemaType } from "@colyseus/schema";
export const ArenaState = schema({ phase: t.string(), winner: t.string() }, "ArenaState");
export type ArenaState = SchemaType<typeof ArenaState>;
`;
    expect(await typeErrors({ ...surroundings, "arena-state.ts": state, "arena-room.ts": room })).toBe("");
  });

  test("colyseus-match-events.md: its rooms compile", async () => {
    const page = await read("colyseus-match-events.md");
    const blocks = [...page.matchAll(/^```ts\n\/\/ MyRoom\.ts\n([\s\S]*?)^```$/gm)].map(([, members]) => members!);
    expect(blocks).toHaveLength(9);
    const lines = [...page.matchAll(/^\| (?:teams|draws|ranks) \| `(.+)` \|$/gm)].map(([, results]) =>
      watchWith(results!),
    );
    expect(lines).toHaveLength(3);
    const rooms = [...blocks, ...lines].map((members, n) => [`room-${n}.ts`, roomAround(members)] as const);
    expect(await typeErrors({ ...surroundings, "streaks.ts": store, ...Object.fromEntries(rooms) })).toBe("");
  });

  test("colyseus-lifecycle.md: the room that looks at the code of a leave compiles", async () => {
    const blocks = [...(await read("colyseus-lifecycle.md")).matchAll(/^```ts\n\/\/ MyRoom\.ts\n([\s\S]*?)^```$/gm)];
    const shown = blocks.map(([, members]) => members!).filter((members) => members.includes("SERVER_SHUTDOWN"));
    expect(shown).toHaveLength(1);
    const room = `import { CloseCode } from "colyseus";\n${roomAround(shown[0]!)}`;
    expect(await typeErrors({ ...surroundings, "streaks.ts": store, "room.ts": room })).toBe("");
  });

  test("links lead to files that are there", async () => {
    const pages = (await readdir(docs)).filter((file) => file.endsWith(".md"));
    const broken: string[] = [];
    for (const page of pages) {
      for (const [, path] of (await read(page)).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
        if (!existsSync(join(docs, path!))) broken.push(`${page}: ${path}`);
      }
    }
    expect(broken).toEqual([]);
  });
});
