/** Far above any proof, far below what could hurt. */
const MOST_BYTES = 16_384;

/** What a body is refused with: an HTTP status and words for the client. */
export interface BodyProblem {
  readonly status: 400 | 413 | 415;
  readonly problem: string;
}

/** The JSON object in the request's body, of 16 KiB at most. Rejects only when the connection breaks. */
export async function readJsonBody(request: Request | undefined): Promise<{ readonly body: object } | BodyProblem> {
  if (!request || !/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    return { status: 415, problem: "Send a JSON object with the content type application/json." };
  }
  const text = await readText(request);
  if (text === undefined) return { status: 413, problem: `The body must not be above ${MOST_BYTES} bytes.` };
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { body };
  } catch {
    // Told below; the text may hold a credential, so none of it is repeated.
  }
  return { status: 400, problem: "The body is not a JSON object." };
}

async function readText({ headers, body }: Request): Promise<string | undefined> {
  if (Number(headers.get("content-length") ?? 0) > MOST_BYTES) return undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // The rest of a body that is too long is left where it is: cancelling it would cut the connection before the answer.
  const reader = (body as ReadableStream<Uint8Array> | null)?.getReader();
  for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
    bytes += next.value.byteLength;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(next.value);
  }
  return Buffer.concat(chunks).toString();
}
