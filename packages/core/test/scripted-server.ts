import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createRawServer, type AddressInfo, type Server, type Socket } from "node:net";

/** What the server saw of one request. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

type Answer = (request: SeenRequest, response: ServerResponse, index: number) => void;

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Connections opened so far. */
  readonly connections: number;
  answer(answer: Answer): void;
}

/** An HTTP server on loopback that answers as told, one function for all requests. */
export async function scriptedServer(answer: Answer = json({ ok: true })): Promise<ScriptedServer> {
  let current = answer;
  let connections = 0;
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://any");
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const { method = "", headers } = request;
      const entry = { method, path: url.pathname, query: url.searchParams, form, headers };
      seen.push(entry);
      current(entry, response, seen.length - 1);
    });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    get connections() {
      return connections;
    },
    answer: (next) => {
      current = next;
    },
    [Symbol.asyncDispose]: () => closed(server, sockets),
  };
}

/** A bare TCP server: `speak` gets every connection. */
export async function rawServer(speak: (socket: Socket) => void): Promise<{ readonly url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    speak(socket);
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => closed(server, sockets) };
}

/** Answers every request with `body` as JSON; text is sent as it is. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

export interface Holding {
  readonly answer: Answer;
  /** Resolves when `n` requests wait for their answer. */
  arrived(n: number): Promise<void>;
  release(): void;
}

/** An answer that is held back until it is told. */
export function holding(): Holding {
  const held: (() => void)[] = [];
  const waiting: { readonly n: number; readonly go: () => void }[] = [];
  return {
    answer: (request, response, index) => {
      held.push(() => json({ ok: true })(request, response, index));
      for (const { n, go } of waiting) if (held.length >= n) go();
    },
    arrived: (n) => new Promise((go) => (held.length >= n ? go() : waiting.push({ n, go }))),
    release: () => {
      for (const answer of held.splice(0)) answer();
    },
  };
}

/** The platform's error envelope. */
export const envelope = (code: number, rest: Record<string, unknown> = {}): { error: Record<string, unknown> } => ({
  error: { message: "refused for a test", type: "OCApiException", code, error_data: {}, fbtrace_id: "Atrace", ...rest },
});

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

const closed = (server: Server, sockets: Set<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
