import type * as z from "zod";
import { refusalError, unreadableError, type Asked } from "./answer-error.ts";
import { readEnvelope } from "./envelope.ts";
import { parseExactJson } from "../wire/json.ts";
import { misfit } from "../wire/row.ts";
import type { GraphResponse } from "./transport.ts";

const NOT_JSON: unique symbol = Symbol("not JSON");
const JSON_TYPE = /json|javascript/i;

/** What the answer must be. */
export interface Expected<T> {
  readonly schema: z.ZodType<T>;
  readonly fits?: (answer: T) => boolean;
}

/**
 * The answer as `schema` reads it, or the error it stands for. The envelope is looked for before the status: one in a
 * 200 is an error. A page of HTML below 500 is a proxy speaking, not the platform, so its status proves nothing.
 */
export function readAnswer<T>(response: GraphResponse, { schema, fits }: Expected<T>, asked: Asked): T {
  const { status, body } = response;
  const type = response.headers["content-type"] ?? "";
  const answer = parsed(body);
  const envelope = answer === NOT_JSON ? undefined : readEnvelope(answer);
  if (envelope !== undefined) throw refusalError(response, envelope, asked);

  const isHtml = /html/i.test(type) || (answer === NOT_JSON && body.trimStart().startsWith("<"));
  const statusSpeaks = status >= 500 || status === 429 || (status >= 400 && !isHtml);
  if (statusSpeaks) throw refusalError(response, undefined, asked);
  if (status >= 300 && status < 400) throw unreadableError(response, "redirects are not followed", asked);
  if (isHtml) throw unreadableError(response, "it is HTML, so it came from a proxy or portal", asked);
  if (status < 200 || status >= 300) throw unreadableError(response, "the status is unknown", asked);
  if (body.trim() === "") throw unreadableError(response, "it is empty", asked);
  if (answer === NOT_JSON) throw unreadableError(response, `its ${body.length} characters are not JSON`, asked);
  if (type !== "" && !JSON_TYPE.test(type)) throw unreadableError(response, "its content type is not JSON", asked);

  const read = schema.safeParse(answer);
  if (!read.success) {
    throw unreadableError(response, misfit(read.error, "the answer"), asked);
  }
  if (fits?.(read.data) === false) throw unreadableError(response, "it is about something else than was asked", asked);
  return read.data;
}

function parsed(body: string): unknown {
  try {
    return parseExactJson(body);
  } catch {
    return NOT_JSON;
  }
}
