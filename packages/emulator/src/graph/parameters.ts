import { type ExactJson, isArray, parseExactJson, writeExactJson } from "../json/exact-json.ts";
import { invalidParameter } from "./graph-error.ts";

export const MAX_LONG: bigint = 2n ** 63n - 1n;
export const MIN_LONG: bigint = -(2n ** 63n);

/** The parameters of one request as text, whatever encoding they came in; later sources win over earlier ones. */
export class Parameters {
  readonly #values = new Map<string, string>();
  readonly #files = new Set<string>();

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  addForm(text: string): void {
    if (text === "") return;
    for (const [name, value] of new URLSearchParams(text)) this.#values.set(name, value);
  }

  /** @throws GraphError 100 when the text is not a JSON object. */
  addJson(text: string): void {
    let body: ExactJson;
    try {
      body = parseExactJson(text);
    } catch {
      throw invalidParameter("The request body is not valid JSON");
    }
    if (body === null || typeof body !== "object" || isArray(body)) {
      throw invalidParameter("The request body must be a JSON object");
    }
    for (const [name, value] of Object.entries(body)) {
      if (value === null || value === undefined) continue;
      this.#values.set(name, typeof value === "string" ? value : writeExactJson(value));
    }
  }

  /** Files of a multipart body: their names only. */
  addFile(name: string): void {
    this.#files.add(name);
  }

  hasFile(name: string): boolean {
    return this.#files.has(name);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  required(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined || value === "") throw invalidParameter(`The parameter ${name} is required`);
    return value;
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.#values.get(name);
    if (value === undefined || value === "") return otherwise;
    const lower = value.toLowerCase();
    if (lower === "true" || lower === "1") return true;
    if (lower === "false" || lower === "0") return false;
    throw invalidParameter(`The parameter ${name} must be true or false`);
  }

  /** A whole number within the signed 64-bit range. */
  long(name: string): bigint | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === "") return undefined;
    if (value.length <= 20 && /^-?\d+$/.test(value)) {
      const number = BigInt(value);
      if (number >= MIN_LONG && number <= MAX_LONG) return number;
    }
    throw invalidParameter(`The parameter ${name} must be a whole number of 64 bits`);
  }

  /** A whole number of at least `least`. */
  count(name: string, least: number): number | undefined {
    const number = this.long(name);
    if (number === undefined) return undefined;
    if (number < BigInt(least)) throw invalidParameter(`The parameter ${name} must be at least ${least}`);
    return Number(number);
  }

  /** A JSON array of strings. */
  strings(name: string): readonly string[] | undefined {
    const list = this.#list(name);
    if (list === undefined) return undefined;
    if (list.every((each) => typeof each === "string")) return list;
    throw invalidParameter(`The parameter ${name} must be a JSON array of strings`);
  }

  /** Ids as a JSON array (of strings or numbers) or separated by commas. */
  ids(name: string): readonly string[] | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === "") return undefined;
    if (!value.trimStart().startsWith("[")) return value.split(",").map((each) => each.trim());
    return this.#list(name)?.map((each) => (typeof each === "string" ? each : writeExactJson(each)));
  }

  /** Ids as `ids` takes them, or in a bracketed list with single quotes. */
  quotedIds(name: string): readonly string[] | undefined {
    const value = this.#values.get(name)?.trim();
    const quoted = value === undefined ? null : /^\[([^"]*)\]$/s.exec(value);
    if (quoted?.[1] === undefined || !quoted[1].includes("'")) return this.ids(name);
    return quoted[1].split(",").map((each) => /^'(.*)'$/s.exec(each.trim())?.[1] ?? each.trim());
  }

  /** One of the words; in any case unless `exactly`. */
  choice<T extends string>(name: string, words: readonly T[], exactly: boolean): T | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === "") return undefined;
    const wanted = exactly ? value : value.toUpperCase();
    const word = words.find((each) => each === wanted);
    if (word === undefined) throw invalidParameter(`The parameter ${name} must be one of ${words.join(", ")}`);
    return word;
  }

  /** A JSON object of texts. */
  map(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === "") return undefined;
    try {
      const map = parseExactJson(value);
      if (map !== null && typeof map === "object" && !isArray(map)) {
        const entries = Object.entries(map);
        if (entries.every(([, text]) => typeof text === "string")) return map as Readonly<Record<string, string>>;
      }
    } catch {
      // Answered below, as any other text that is no such object.
    }
    throw invalidParameter(`The parameter ${name} must be a JSON object of texts`);
  }

  entries(): IterableIterator<[string, string]> {
    return this.#values.entries();
  }

  #list(name: string): readonly ExactJson[] | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === "") return undefined;
    try {
      const list = parseExactJson(value);
      if (isArray(list)) return list;
    } catch {
      // Answered below: text that is no JSON and JSON that is no array are the same mistake.
    }
    throw invalidParameter(`The parameter ${name} must be a JSON array`);
  }
}
