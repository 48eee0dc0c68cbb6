import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { envelope } from "../graph/graph-error.ts";
import { writeExactJson } from "../json/exact-json.ts";
import type { Random } from "../runtime/random.ts";
import { sendAnswer } from "./answer.ts";
import type { Gate } from "./gate.ts";

/** Request line and headers together. */
const MAX_HEADER_BYTES = 65_536;
/** Longer than clients keep a connection, so that the emulator never closes one that is about to be used. */
const KEEP_ALIVE_MS = 75_000;

export type RequestHandler = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Who answers for one world. */
export interface Answering {
  readonly graph: { handle: RequestHandler };
  /** Everything under `/__emulator`. */
  readonly control: RequestHandler;
}

export interface HttpServerOptions {
  /** The world of a request; undefined when there is no such world. */
  readonly pick: (incoming: IncomingMessage) => Answering | undefined;
  readonly gate: Gate;
  readonly random: Random;
  /** From a request's first byte to its last. */
  readonly requestTimeoutMs: number;
}

/** Graph requests are handled on node's own request, because faults need its socket; control requests by Hono. */
export function createHttpServer({ pick, gate, random, requestTimeoutMs }: HttpServerOptions): Server {
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, requestTimeoutMs / 4)),
  };
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    const world = pick(incoming);
    const isControl = /^\/__emulator(?:[/?]|$)/.test(incoming.url ?? "");
    const refusal = gate.refuse(incoming, isControl);
    if (refusal !== undefined) {
      incoming.resume();
      return sendAnswer(response, refusal);
    }
    if (world === undefined) return refuseWorld(incoming, response, random);
    const answered = isControl ? world.control(incoming, response) : world.graph.handle(incoming, response);
    // A client that goes away in the middle leaves nobody to answer.
    answered.catch(() => response.destroy());
  };
  const server = createServer(options, handle);
  // Node would answer these three itself, and not with an envelope.
  server.on("checkExpectation", handle);
  server.on("connect", (_incoming, socket: Duplex) => refuse(socket, random));
  server.on("clientError", (_error, socket: Duplex) => refuse(socket, random));
  return server;
}

function refuseWorld(incoming: IncomingMessage, response: ServerResponse, random: Random): void {
  incoming.resume();
  const message = "There is no such world; open it with POST /__emulator/worlds";
  sendAnswer(response, {
    status: 404,
    body: writeExactJson(envelope({ message: `(#100) ${message}`, code: 100 }, random)),
  });
}

/** Answers what is not a request that node can parse. */
function refuse(socket: Duplex, random: Random): void {
  if (!socket.writable) return void socket.destroy();
  const body = writeExactJson(envelope({ message: "(#100) Malformed request", code: 100 }, random));
  const length = Buffer.byteLength(body);
  const head = `Content-Type: application/json; charset=UTF-8\r\nContent-Length: ${length}\r\nConnection: close`;
  socket.end(`HTTP/1.1 400 Bad Request\r\n${head}\r\n\r\n${body}`, () => socket.destroy());
}

/** @throws Error when the address cannot be had. */
export function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(new Error(`Cannot listen on ${host}:${port}: ${cause.message}`, { cause })));
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

/** Closes at once: open connections are destroyed. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
