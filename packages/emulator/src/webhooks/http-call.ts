import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface HttpCall {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

/** Nobody needs more of an answer to a webhook. */
const MAX_REPLY_BYTES = 65_536;

/** One request on a connection of its own; follows no redirect. Rejects when no answer came. */
export function httpCall({ method, url, headers, body, signal }: HttpCall): Promise<HttpReply> {
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    const outgoing = send(url, { method, headers: { ...headers, ...length }, agent: false, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = (): void => {
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
      };
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_REPLY_BYTES) return void chunks.push(chunk);
        finish();
        incoming.destroy();
      });
      incoming.on("end", finish);
      incoming.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
