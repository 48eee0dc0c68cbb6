import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
}

export interface RecordingServer extends AsyncDisposable {
  readonly url: string;
  /** What was asked since the last `answer`. */
  readonly asked: readonly Recorded[];
  answer(status: number, body: string): void;
}

/** A server on loopback that writes down what it is asked and answers as told. It knows nothing of the platform. */
export async function recordingServer(): Promise<RecordingServer> {
  let next = { status: 500, body: "" };
  const asked: Recorded[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const url = new URL(incoming.url ?? "/", "http://any");
      asked.push({
        method: incoming.method ?? "",
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: Buffer.concat(chunks).toString("utf8"),
        contentType: incoming.headers["content-type"],
        authorization: incoming.headers.authorization,
      });
      outgoing.writeHead(next.status, { "content-type": "application/json; charset=UTF-8" });
      outgoing.end(next.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer(status, body) {
      next = { status, body };
      asked.length = 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}
