import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { matchMaker, Server } from "@colyseus/core";
import { attachTo } from "@questline/colyseus";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { obeyParent, readyWith } from "../child.ts";
import type { LedgerEvent } from "../demo/fold.ts";
import type { GameOrders } from "../wire.ts";
import { type ArenaOptions, ArenaRoom } from "./arena-room.ts";
import { type Kill, type MatchEnded, questline } from "./questline.ts";
import { quietLogger } from "./quiet-logger.ts";
import { settings } from "./settings.ts";

const http = createServer();
const server = new Server({ transport: new WebSocketTransport({ server: http }), logger: quietLogger, greet: false });
attachTo(questline, server, { timeoutMs: 2_000 });
server.define("arena", ArenaRoom).filterBy(["arena"]);

obeyParent<GameOrders>({
  async status() {
    const [{ merged, suppressed, delivered }, { owed, dead }] = [questline.stats(), await questline.owed()];
    return { merged, suppressed, delivered, owed, dead };
  },
  flush: () => questline.flush(),
  report: (events) => events.forEach(reportAgain),
  async close() {
    await questline.close({ timeoutMs: 5_000 });
  },
});

await questline.ready;
await server.listen(0, "127.0.0.1");
for (const [arena, rounds] of settings.rounds.entries()) {
  const options: ArenaOptions = { arena, rounds, players: settings.players, seed: settings.seed };
  await matchMaker.createRoom("arena", options);
}
readyWith({ port: (http.address() as AddressInfo).port });

/** With the match id and the kill id it had, so that it counts once however far it came before. */
function reportAgain({ match, user, event, id, payload }: LedgerEvent): void {
  if (event === "kill") questline.match(match).report(user, "kill", payload as unknown as Kill, { id });
  else questline.match(match).report(user, "matchEnded", payload as unknown as MatchEnded);
}
