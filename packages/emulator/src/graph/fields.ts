import type { ExactJson, ExactJsonObject } from "../json/exact-json.ts";
import { invalidParameter } from "./graph-error.ts";

/** What `fields=a,b{c}` asks for; a field without braces maps to undefined. */
export type Selection = ReadonlyMap<string, Selection | undefined>;

/** How a kind of object shows itself. `id` is always shown; an object without one shows all of itself by default. */
export interface NodeShape<Row> {
  /** The platform's name of the kind, for error messages. */
  readonly name: string;
  readonly id: ((row: Row) => string) | undefined;
  readonly scalars: Readonly<Record<string, (row: Row) => ExactJson | undefined>>;
  readonly objects: Readonly<Record<string, (row: Row, selection: Selection | undefined) => ExactJson | undefined>>;
}

const MAX_DEPTH = 8;
const NAME = /[A-Za-z0-9_]+/y;

/** @throws GraphError 100 when the text does not parse. */
export function parseFields(text: string | undefined): Selection | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const [selection, end] = parseList(text, 0, 0);
  if (end !== text.length) throw syntaxError(text, end);
  return selection;
}

export function project<Row>(row: Row, selection: Selection | undefined, shape: NodeShape<Row>): ExactJsonObject {
  const shown: Record<string, ExactJson | undefined> = shape.id === undefined ? {} : { id: shape.id(row) };
  if (selection === undefined) return shape.id === undefined ? everything(row, shape) : shown;
  for (const [name, inner] of selection) {
    if (name === "id") continue;
    if (Object.hasOwn(shape.objects, name)) {
      shown[name] = shape.objects[name]?.(row, inner);
    } else if (!Object.hasOwn(shape.scalars, name)) {
      throw invalidParameter(`Tried accessing nonexisting field (${name.slice(0, 64)}) on node type (${shape.name})`);
    } else if (inner === undefined) {
      shown[name] = shape.scalars[name]?.(row);
    } else {
      throw invalidParameter(`Subfields are not supported by ${name}`);
    }
  }
  return shown;
}

function everything<Row>(row: Row, { scalars, objects }: NodeShape<Row>): ExactJsonObject {
  return Object.fromEntries([
    ...Object.entries(scalars).map(([name, read]) => [name, read(row)]),
    ...Object.entries(objects).map(([name, read]) => [name, read(row, undefined)]),
  ]) as ExactJsonObject;
}

/** Checks a selection even where no row would show it. */
export function checkSelection<Row>(selection: Selection | undefined, shape: NodeShape<Row>): void {
  for (const name of selection?.keys() ?? []) {
    if (name !== "id" && !Object.hasOwn(shape.objects, name) && !Object.hasOwn(shape.scalars, name)) {
      throw invalidParameter(`Tried accessing nonexisting field (${name.slice(0, 64)}) on node type (${shape.name})`);
    }
  }
}

function parseList(text: string, from: number, depth: number): [Selection, number] {
  const selection = new Map<string, Selection | undefined>();
  let at = from;
  for (;;) {
    at = skipSpace(text, at);
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0];
    if (name === undefined) throw syntaxError(text, at);
    at = skipSpace(text, at + name.length);
    let inner: Selection | undefined;
    if (text[at] === "{") {
      if (depth === MAX_DEPTH) throw invalidParameter("The parameter fields is nested too deeply");
      [inner, at] = parseList(text, at + 1, depth + 1);
      if (text[at] !== "}") throw syntaxError(text, at);
      at = skipSpace(text, at + 1);
    }
    selection.set(name, inner);
    if (text[at] !== ",") return [selection, at];
    at += 1;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t" || text[at] === "\n" || text[at] === "\r") at += 1;
  return at;
}

function syntaxError(text: string, at: number): Error {
  const found = at < text.length ? `"${text[at] ?? ""}"` : "the end";
  return invalidParameter(`Syntax error in the parameter fields: found ${found} at character ${at + 1}`);
}
