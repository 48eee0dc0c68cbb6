import { connect } from "node:net";
import type { Emulator } from "../src/index.ts";

export const APP_TOKEN = "OC|1|test-secret";
export const ADA_TOKEN = "FRL-ada-test-token";
export const GRACE_TOKEN = "FRL-grace-test-token";

/** An answer as it came over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `JSON.parse` of the text: numbers beyond 2^53 are rounded, look at `text` for those. */
  readonly body: any;
}

export interface SendOptions {
  /** Null for none. Default: the app token. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: string | FormData;
}

/** One request over real HTTP. Rejects when the connection breaks. */
export async function send(
  emulator: Emulator,
  method: string,
  path: string,
  options: SendOptions = {},
): Promise<Reply> {
  const { token = APP_TOKEN, headers = {}, body } = options;
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(emulator.url + path, {
    method,
    headers: { ...authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === "" ? undefined : parsed(text) };
}

export function get(emulator: Emulator, path: string, token?: string | null): Promise<Reply> {
  return send(emulator, "GET", path, token === undefined ? {} : { token });
}

/** POST with a form body. */
export function post(
  emulator: Emulator,
  path: string,
  parameters: Record<string, string>,
  token?: string | null,
): Promise<Reply> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(parameters).toString();
  return send(emulator, "POST", path, { headers, body, ...(token === undefined ? {} : { token }) });
}

export function control(emulator: Emulator, method: string, path: string, body?: unknown): Promise<Reply> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  return send(emulator, method, `/__emulator${path}`, {
    token: null,
    ...(body === undefined ? {} : { headers, body: text }),
  });
}

/** The app-scoped id of a seeded user. */
export function idOf(emulator: Emulator, alias: string, appId = "1"): string {
  const id = emulator.world.snapshot().users.find((user) => user.alias === alias)?.ids[appId];
  if (id === undefined) throw new Error(`the seed has no ${alias} in app ${appId}`);
  return id;
}

export interface RawExchange {
  readonly received: string;
  /** How the connection ended: the code of its error, or `end` for an orderly one. */
  readonly ended: string;
}

/** Bytes out, bytes in, until the connection ends. */
export function exchangeBytes(emulator: Emulator, bytes: string | Buffer): Promise<RawExchange> {
  const { hostname, port } = new URL(emulator.url);
  return new Promise((resolve) => {
    let received = "";
    let ended = "end";
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    socket.on("error", (error: NodeJS.ErrnoException) => (ended = error.code ?? "error"));
    socket.on("close", () => resolve({ received, ended }));
  });
}

/** The bytes of a POST that asks for the connection to be closed after it. */
export function postBytes(path: string, form: string, token: string = APP_TOKEN): string {
  return [
    `POST ${path} HTTP/1.1`,
    "Host: localhost",
    `Authorization: Bearer ${token}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${form.length}`,
    "Connection: close",
    "",
    form,
  ].join("\r\n");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
