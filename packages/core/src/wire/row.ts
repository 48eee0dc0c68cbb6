import * as z from "zod";

/** What every object of the platform may have besides the members that are known here. */
export interface Raw {
  /** Members this version does not know, as they came (64-bit integers exact). Missing where there are none. */
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

/** The schema of one object: its known members as `read` gives them, all others under `raw`. */
export function rowOf<Shape extends z.ZodRawShape, T extends Raw>(
  shape: Shape,
  read: (row: z.output<z.ZodObject<Shape>>) => Loose<Omit<T, "raw">>,
): z.ZodType<T> {
  const schema = z.looseObject(shape).transform((row) => {
    const raw: Record<string, unknown> = {};
    for (const name of Object.keys(row))
      if (!Object.hasOwn(shape, name)) raw[name] = (row as Record<string, unknown>)[name];
    const known = present(read(row as z.output<z.ZodObject<Shape>>) as Loose<Omit<T, "raw">>);
    return Object.keys(raw).length === 0 ? known : { ...known, raw };
  });
  return schema as unknown as z.ZodType<T>;
}
