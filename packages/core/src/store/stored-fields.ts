/** A stored row that cannot be read; `where` names it, so that a person finds it. */
export class UnreadableRow extends Error {
  override readonly name = "UnreadableRow";

  constructor(where: string, what: string) {
    super(`${where}: ${what}`);
  }
}

/** The fields of a stored JSON object, each checked as it is read. Numbers beyond 2^53 are stored as decimal text. */
export class StoredFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(fields: unknown, where: string) {
    if (typeof fields !== "object" || fields === null) throw new UnreadableRow(where, "is not an object");
    this.#fields = fields as Record<string, unknown>;
    this.#where = where;
  }

  static parse(text: unknown, where: string): StoredFields {
    if (typeof text !== "string") throw new UnreadableRow(where, "is not text");
    try {
      return new StoredFields(JSON.parse(text), where);
    } catch (error) {
      throw error instanceof UnreadableRow ? error : new UnreadableRow(where, "is not JSON");
    }
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === "string" ? value : this.refuse(name);
  }

  number(name: string): number {
    const value = this.#fields[name];
    return typeof value === "number" && Number.isFinite(value) ? value : this.refuse(name);
  }

  /** A whole number from 0 on. */
  whole(name: string): number {
    const value = this.number(name);
    return Number.isSafeInteger(value) && value >= 0 ? value : this.refuse(name);
  }

  flag(name: string): boolean {
    const value = this.#fields[name];
    return typeof value === "boolean" ? value : this.refuse(name);
  }

  integer(name: string): bigint {
    const value = this.#fields[name];
    return typeof value === "string" && /^-?\d{1,309}$/.test(value) ? BigInt(value) : this.refuse(name);
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }

  /** The fields of a nested object. */
  object(name: string): StoredFields {
    return new StoredFields(this.#fields[name], `${this.#where}, ${name}`);
  }

  /** The fields of each object in a nested list. */
  list(name: string): readonly StoredFields[] {
    const value = this.#fields[name];
    if (!Array.isArray(value)) return this.refuse(name);
    return value.map((fields, index) => new StoredFields(fields, `${this.#where}, ${name} ${index}`));
  }

  /** Reads an optional field. */
  maybe<Value>(name: string, read: (fields: this) => Value): Value | undefined {
    return this.has(name) ? read(this) : undefined;
  }

  refuse(name: string): never {
    throw new UnreadableRow(this.#where, `field "${name}" is missing or of the wrong type`);
  }
}
