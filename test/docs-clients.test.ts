import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { matchMaker, Room, Server } from "@colyseus/core";
import type { Room as SdkRoom } from "@colyseus/sdk";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { attach, questlineAuth, type Attached } from "@questline/colyseus/attach";
import { board, createQuestline, memoryStore, oncePerMatch, simple } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import { expect, test, vi } from "vitest";
import { codeBlocks } from "./code-blocks.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const page = await readFile(join(here, "../docs/clients.md"), "utf8");

interface ClientPage {
  joinDuel(url: string, getAccessToken: () => Promise<string>): Promise<SdkRoom>;
}

/** The page's client, as the file it says it is. */
async function pageClient(folder: string): Promise<ClientPage> {
  const file = join(folder, "client.ts");
  await writeFile(file, codeBlocks(page).get("client.ts") ?? "");
  return (await import(pathToFileURL(file).href)) as ClientPage;
}

test("clients.md: the JavaScript client joins, shows what it is told, acknowledges, and brings a fresh token", async () => {
  const said = vi.spyOn(console, "log").mockImplementation(() => {});
  await mkdir(join(here, ".readme"), { recursive: true });
  const folder = await mkdtemp(join(here, ".readme", "client-"));
  await using emulator = await createEmulator();
  const questline = createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: memoryStore(),
    graph: { baseUrl: emulator.url },
    delivery: { windowMs: 20, quietPeriodMs: 100, backoffMs: 20, maxBackoffMs: 100 },
    achievements: { FIRST_WIN: simple() },
    leaderboards: { BEST_TIME: board({ sort: "lower-is-better", writes: "client" }) },
    events: { matchEnded: oncePerMatch<{ readonly won: boolean; readonly timeMs: number }>() },
    rules: {
      matchEnded: ({ unlock, submitScore }) => [
        unlock("FIRST_WIN").when((e) => e.won),
        submitScore("BEST_TIME", (e) => e.timeMs),
      ],
    },
  });
  class DuelRoom extends Room {
    static override onAuth = questlineAuth(questline);
    questline!: Attached<typeof questline.events>;
    override onCreate(): void {
      this.questline = attach(this, questline);
    }
  }
  const http = createServer();
  const transport = new WebSocketTransport({ server: http });
  const server = new Server({ transport, greet: false, gracefullyShutdown: false });
  server.define("duel", DuelRoom);
  try {
    await server.listen(0, "127.0.0.1");
    const { id } = emulator.world.createUser({ alias: "player.1" });
    const tokens = [1, 2].map(() => emulator.world.mintUserToken("1", id));
    const asked: string[] = [];
    const getAccessToken = async (): Promise<string> => {
      const token = tokens[asked.length] ?? "";
      asked.push(token);
      return token;
    };
    const { joinDuel } = await pageClient(folder);
    const room = await joinDuel(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, getAccessToken);
    emulator.world.expireToken(tokens[0]!);
    const duel = matchMaker.getLocalRoomById(room.roomId) as DuelRoom;
    const receipts = duel.questline.endMatch("matchEnded", () => ({ won: true, timeMs: 81_250 }));
    await Promise.all([...receipts.values()].map(({ settled }) => settled));

    await expect.poll(() => said.mock.calls.flat().sort()).toEqual(["BEST_TIME: 81250", "Unlocked: FIRST_WIN"]);
    await expect.poll(() => questline.announcements(id)).toEqual([]);
    expect(asked).toEqual(tokens);
  } finally {
    await server.gracefullyShutdown(false);
    await questline.close();
    await rm(folder, { recursive: true, force: true });
    vi.restoreAllMocks();
  }
});
