import { createServer } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";
import { refusalOf } from "@questline/core";
import type { DuelQuestline } from "./duel-questline.ts";

/** Taps that win a duel. */
const GOAL = 10;

interface Player {
  readonly id: string;
  readonly socket: WebSocket;
  taps: number;
}

export interface DuelServer {
  /** `ws://127.0.0.1:<port>`. */
  readonly url: string;
  /** Says goodbye to every player; resolves when the port is free. Results are not lost: they are in the store. */
  close(): Promise<void>;
}

/**
 * Players tap, the first of them to reach ten wins, and all play again; who leaves is out of the duel. In: `login` with a user access token, `tap`.
 * Out: `welcome`, `refused`, `ended`, `unlocked`.
 */
export async function startDuelServer(questline: DuelQuestline, port = 0): Promise<DuelServer> {
  const players = new Map<WebSocket, Player>();
  const http = createServer((_request, response) => {
    questline.owed().then(
      ({ owed }) => response.end(JSON.stringify({ players: players.size, owed })),
      () => response.writeHead(503).end(),
    );
  });
  const sockets = new WebSocketServer({ server: http, maxPayload: 64 * 1024 });
  let matchId = questline.newMatchId("duel");

  const login = async (socket: WebSocket, token: string, from: string | undefined): Promise<void> => {
    try {
      const user = await questline.users.verifyToken(token, { from });
      if (socket.readyState !== socket.OPEN) return;
      players.set(socket, { id: user.id, socket, taps: 0 });
      send(socket, { type: "welcome", id: user.id });
    } catch (error) {
      // The player gets a code; the error's words speak of the app, and are for its log.
      const { status, code } = refusalOf(error);
      if (status === 503) console.error("A player could not be verified.", error);
      send(socket, { type: "refused", code });
      socket.close(4000 + status);
    }
  };

  const tap = (player: Player): void => {
    if (players.size < 2) return;
    player.taps++;
    if (player.taps === GOAL) endMatch(player);
  };

  const endMatch = (winner: Player): void => {
    const match = questline.match(matchId);
    for (const player of players.values()) {
      match.report(player.id, "duelEnded", { won: player === winner, taps: player.taps });
      send(player.socket, { type: "ended", won: player === winner, taps: player.taps });
      player.taps = 0;
    }
    matchId = questline.newMatchId("duel");
  };

  const stopListening = questline.onOutcome((outcome) => {
    if (!outcome.unlocked) return;
    for (const player of players.values()) {
      if (player.id === outcome.userId) send(player.socket, { type: "unlocked", achievement: outcome.target.name });
    }
  });

  sockets.on("connection", (socket, request) => {
    let asked = false;
    socket.on("error", () => socket.terminate());
    socket.on("close", () => players.delete(socket));
    socket.on("message", (data) => {
      const message = parseMessage(String(data));
      const player = players.get(socket);
      if (message?.type === "tap" && player !== undefined) tap(player);
      else if (message?.type === "login" && !asked) {
        asked = true;
        void login(socket, message.token, request.socket.remoteAddress);
      }
    });
  });

  await new Promise<void>((resolve, reject) => http.once("error", reject).listen(port, "127.0.0.1", resolve));
  const address = http.address();
  return {
    url: `ws://127.0.0.1:${typeof address === "object" ? address?.port : port}`,
    async close() {
      stopListening();
      for (const socket of sockets.clients) socket.close(1001);
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

type Incoming = { readonly type: "login"; readonly token: string } | { readonly type: "tap" };

/** A player's message, or undefined when it is not one. */
function parseMessage(text: string): Incoming | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
    if (value.type === "tap") return { type: "tap" };
    if (value.type === "login" && "token" in value && typeof value.token === "string")
      return { type: "login", token: value.token };
  } catch {
    // Not JSON: not a message.
  }
  return undefined;
}

function send(socket: WebSocket, message: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}
