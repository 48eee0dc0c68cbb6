import type { Context } from "hono";
import type { z } from "zod";
import { EmulatorInputError, parseInput } from "../input-error.ts";
import { type ExactJson, parseExactJson } from "../json/exact-json.ts";

/** Seeds can be long, but not this long. */
const MAX_BODY_BYTES = 16_777_216;

/** The body as JSON; undefined for none where it may be missing. @throws EmulatorInputError when it is no JSON. */
export async function bodyOf(c: Context, optional = false): Promise<ExactJson | undefined> {
  const text = await readText(c);
  if (text.trim() === "" && optional) return undefined;
  try {
    return parseExactJson(text);
  } catch {
    throw new EmulatorInputError("body", "expected a JSON object");
  }
}

/** As far as the limit; what comes after it is not kept. */
async function readText({ req }: Context): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of req.raw.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new EmulatorInputError("body", `larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @throws EmulatorInputError naming the member. */
export async function parsedBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  return parseInput(schema, await bodyOf(c), "body");
}

/** Without the members that are undefined, as options with exact optional members want them. */
export function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
