import type { StandardSchema } from "./standard-schema.ts";

export type Occurs = "once-per-match" | "each";

declare const payloadType: unique symbol;

/** A fact a game reports; it never mentions the platform. */
export interface EventDefinition<P, O extends Occurs = Occurs> {
  readonly occurs: O;
  /** Checks payloads at run time; synchronous. What it puts out must be a payload it takes in. */
  readonly schema?: StandardSchema<P>;
  readonly [payloadType]?: P;
}

// `any`: a record of events is a record of different payloads, in both directions of inference.
// oxlint-disable-next-line typescript/no-explicit-any
export type Events = Readonly<Record<string, EventDefinition<any>>>;

/** What an event carries. */
export type PayloadOf<D> = D extends EventDefinition<infer P> ? P : never;

/** What a report takes after its payload: an event that happens once per match has nothing to add. */
export type OccurrenceOf<D extends Events[string]> = [D["occurs"]] extends ["once-per-match"]
  ? []
  : [options?: Occurrence];

export interface Occurrence {
  /** Identifies this occurrence within the match, so that it counts once; without it every report counts. */
  readonly id?: string;
}

/** An event that happens once per match and player: reported again, it counts once. Its results are due at once. */
export function oncePerMatch<P>(schema?: StandardSchema<P>): EventDefinition<P, "once-per-match"> {
  return define("once-per-match", schema);
}

/** An event that happens again and again. Its counts, bits and best scores may wait to be gathered. */
export function each<P>(schema?: StandardSchema<P>): EventDefinition<P, "each"> {
  return define("each", schema);
}

function define<P, O extends Occurs>(occurs: O, schema: StandardSchema<P> | undefined): EventDefinition<P, O> {
  return Object.freeze(schema === undefined ? { occurs } : { occurs, schema });
}
