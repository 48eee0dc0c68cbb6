import type { IncomingMessage } from "node:http";
import { GraphError, invalidParameter } from "../graph/graph-error.ts";
import { Parameters } from "../graph/parameters.ts";

const MAX_BODY_BYTES = 1_048_576;

/** What a request said, and what was wrong with how it said it. */
export interface ReadRequest {
  readonly path: string;
  readonly parameters: Parameters;
  /** After `method=`, in upper case. */
  readonly method: string;
  readonly token: string | undefined;
  /** A malformed body; answered only once the request is logged. */
  readonly problem: Error | undefined;
}

/** The body as bytes; undefined when it is larger than the limit. Rejects when the client goes away. */
export function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks)));
    incoming.on("error", reject);
  });
}

/** Parameters from query, then body (which wins), then the header token. */
export async function readParameters(incoming: IncomingMessage, body: Buffer | undefined): Promise<ReadRequest> {
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const parameters = new Parameters();
  if (mark !== -1) parameters.addForm(url.slice(mark + 1));
  let problem: Error | undefined;
  try {
    if (body === undefined) throw invalidParameter(`The request body is larger than ${MAX_BODY_BYTES} bytes`);
    if (body.length > 0) await addBody(parameters, body, incoming.headers["content-type"] ?? "");
  } catch (error) {
    problem = error instanceof GraphError ? error : invalidParameter("The request body cannot be read");
  }
  const override = parameters.text("method")?.toUpperCase();
  const method = override ?? incoming.method ?? "GET";
  if (override !== undefined && !["GET", "POST", "DELETE"].includes(override)) {
    problem ??= invalidParameter("The parameter method must be GET, POST or DELETE");
  }
  return { path, parameters, method, token: parameters.text("access_token") || bearer(incoming), problem };
}

function bearer(incoming: IncomingMessage): string | undefined {
  const header = incoming.headers.authorization;
  if (header === undefined || header.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
  return header.slice(7).trim();
}

async function addBody(parameters: Parameters, body: Buffer, contentType: string): Promise<void> {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type.endsWith("+json")) parameters.addJson(body.toString("utf8"));
  else if (type === "multipart/form-data") await addMultipart(parameters, body, contentType);
  else parameters.addForm(body.toString("utf8"));
}

async function addMultipart(parameters: Parameters, body: Buffer, contentType: string): Promise<void> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  } catch {
    throw invalidParameter("The request body is not valid multipart/form-data");
  }
  for (const [name, value] of form) {
    if (typeof value === "string") parameters.set(name, value);
    else parameters.addFile(name);
  }
}
