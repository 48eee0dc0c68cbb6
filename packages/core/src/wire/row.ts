import * as z from "zod";

/** What every object of the platform may have besides the members that are known here. */
export interface Raw {
  /**
   * Members this version does not know, as they came (64-bit integers exact); those of an object inside under its name,
   * as the platform writes it. Missing where there are none.
   */
  readonly raw?: Readonly<Record<string, unknown>>;
}

/** The members of `T`, where those that may be missing may also be `null` or `undefined`. */
export type Loose<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Exclude<T[K], undefined> | null | undefined : T[K];
};

/** `members` without those that are `null` or `undefined`: the platform leaves out, or nulls, what it does not know. */
export function present<T extends object>(members: Loose<T>): T {
  const kept = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as T;
}

/** The schema of one object: its known members as `read` gives them, all others under `raw`. Objects inside are `partOf`. */
export function rowOf<Shape extends z.ZodRawShape, T extends Raw>(
  shape: Shape,
  read: (row: z.output<z.ZodObject<Shape>>) => Loose<Omit<T, "raw">>,
): z.ZodType<T> {
  const schema = z.looseObject(shape).transform((row) => {
    const raw = unknownIn(shape, row);
    const known = present(read(row as z.output<z.ZodObject<Shape>>) as Loose<Omit<T, "raw">>);
    return raw === undefined ? known : { ...known, raw };
  });
  return schema as unknown as z.ZodType<T>;
}

/** The schema of an object inside a row; what it holds besides `shape` goes to the row's `raw`. */
export function partOf<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> {
  return z.looseObject(shape);
}

/** Where an answer does not fit its schema, without quoting it: `data.0.score is missing or of another kind than expected`. */
export function misfit(error: z.ZodError, whole: string): string {
  const path = error.issues[0]?.path ?? [];
  return `${path.length === 0 ? whole : path.join(".")} is missing or of another kind than expected`;
}

function unknownIn(shape: z.core.$ZodShape, row: object): Record<string, unknown> | undefined {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    const inner = Object.hasOwn(shape, name) ? shapeIn(shape[name]) : undefined;
    const unknown = !Object.hasOwn(shape, name)
      ? value
      : inner !== undefined && typeof value === "object" && value !== null
        ? unknownIn(inner, value)
        : undefined;
    if (unknown !== undefined) found[name] = unknown;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

/** The shape of a `partOf` that may be missing or null. */
function shapeIn(schema: unknown): z.core.$ZodShape | undefined {
  let bare = schema;
  while (bare instanceof z.ZodOptional || bare instanceof z.ZodNullable) bare = bare.unwrap();
  return bare instanceof z.ZodObject ? bare.shape : undefined;
}
