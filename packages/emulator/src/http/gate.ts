import type { IncomingMessage } from "node:http";
import { EmulatorInputError } from "../input-error.ts";
import type { Answer } from "./answer.ts";
import { bareHost, isLoopback } from "./loopback.ts";

/** Decides who is not answered: web pages, and whoever reaches the emulator by a name that it was not told of. */
export interface Gate {
  /** The answer to a request that must have no effect; undefined for one that may pass. */
  refuse(incoming: IncomingMessage, isControl: boolean): Answer | undefined;
}

export interface GateOptions {
  /** What the emulator listens on. */
  readonly host: string;
  /** The same as an address, known once it listens. */
  readonly address: () => string;
  /** Further names and addresses by which it is reached. */
  readonly allowedHosts: readonly string[];
}

const HOST_NAME = /^(?:[\w-]+(?:\.[\w-]+)*|[\da-f:.]+)$/;
const HOST_HEADER = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?$/i;

/** @throws EmulatorInputError for a name that no `Host` header can hold. */
export function createGate({ host, address, allowedHosts }: GateOptions): Gate {
  const known = new Set([bareHost(host)]);
  for (const [index, each] of allowedHosts.entries()) {
    const name = typeof each === "string" ? bareHost(each) : "";
    if (!HOST_NAME.test(name)) {
      const expected = 'expected a host name or address without scheme and port, such as "emulator"';
      throw new EmulatorInputError(`allowedHosts[${index}]`, expected);
    }
    known.add(name);
  }
  return {
    refuse: (incoming, isControl) =>
      unknownHost(incoming, (name) => known.has(name) || name === bareHost(address())) ??
      fromAPage(incoming) ??
      (isControl ? notJson(incoming) : undefined),
  };
}

/**
 * A name can be made to lead here by whoever owns it (DNS rebinding); its pages would then count as our own. The
 * address at which a connection arrived is nobody's to give.
 */
function unknownHost({ headers, socket }: IncomingMessage, isKnown: (name: string) => boolean): Answer | undefined {
  const named = HOST_HEADER.exec(headers.host ?? "")?.[1];
  if (named === undefined) return refusal(403, "the request needs a Host header with a name or address", "host");
  const host = bareHost(named);
  if (isLoopback(host) || isKnown(host) || host === bareHost(socket.localAddress ?? "")) return undefined;
  const flag = `--allow-host ${host}, or allowedHosts: ["${host}"]`;
  return refusal(
    403,
    `the Host header names "${host}"; to be reached by that name, the emulator needs ${flag}`,
    "host",
  );
}

/** Browsers say where a request comes from, and let no page say otherwise. Programs send neither header. */
function fromAPage({ headers }: IncomingMessage): Answer | undefined {
  const { origin, "sec-fetch-site": site } = headers;
  if (origin !== undefined && hostOf(origin) !== headers.host?.toLowerCase()) {
    return refusal(403, "the request comes from a web page of another origin; the emulator answers none", "origin");
  }
  if (site === undefined || site === "same-origin" || site === "none") return undefined;
  return refusal(403, "the request comes from a web page of another site; the emulator answers none", "sec-fetch-site");
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** What a form or a page's plain request can send is never JSON; a page that sends JSON has to ask first, and is not let. */
function notJson({ method, headers }: IncomingMessage): Answer | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  const type = headers["content-type"];
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  if (type === undefined ? !hasBody : /^application\/json\s*(?:;|$)/i.test(type)) return undefined;
  return refusal(415, "control requests have a body of content-type: application/json, or none", "content-type");
}

/** Not in the platform's envelope: it is not the platform that refuses. */
function refusal(status: number, problem: string, header: string): Answer {
  const path = `headers.${header}`;
  return { status, body: JSON.stringify({ error: { message: `${path}: ${problem}`, path } }) };
}
