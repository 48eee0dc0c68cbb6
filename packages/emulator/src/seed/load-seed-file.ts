import { readFile } from "node:fs/promises";
import { isNode, LineCounter, parseDocument } from "yaml";
import { EmulatorInputError } from "../input-error.ts";
import { parseSeed } from "./parse-seed.ts";
import type { Seed } from "./seed.ts";

/** A seed from a YAML or JSON file. @throws EmulatorInputError naming file, line, place and what to do. */
export async function loadSeedFile(file: string): Promise<Seed> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new EmulatorInputError(file, `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  const lines = new LineCounter();
  // JSON is YAML too; whole numbers stay exact as bigint.
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new EmulatorInputError(
      `${file}:${lines.linePos(broken.pos[0]).line}`,
      `is not valid YAML: ${broken.message}`,
    );
  }
  try {
    return parseSeed(withNumbers(document.toJS()));
  } catch (error) {
    if (!(error instanceof EmulatorInputError)) throw error;
    throw new EmulatorInputError(`${file}:${lineOf(document, error.path, lines)}`, error.message);
  }
}

/** `intAsBigInt` makes every whole number a bigint; those that fit are numbers again. */
function withNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withNumbers(member)]));
}

/** The line of the deepest node that exists on the way to a place such as `seed.apps[0].id`. */
function lineOf(document: ReturnType<typeof parseDocument>, path: string, lines: LineCounter): number {
  const [, ...names] = path.match(/[^.[\]]+/g) ?? [];
  const keys = names.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
  for (let length = keys.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
