import type { Events, PayloadOf } from "@questline/core";
import { z } from "zod";

/** Fields of a payload that hold a number. */
export type NumberField<P> = {
  [F in keyof P & string]-?: Exclude<P[F], undefined> extends number ? F : never;
}[keyof P & string];

/** What one player's reports of the running round add up to. Reports made with `report` count, an occurrence once. */
export interface Tally<E extends Events = Events> {
  /** How often the event was reported. */
  count<K extends keyof E & string>(event: K): number;
  /** Sum of a number in the event's payloads; 0 without reports. */
  sum<K extends keyof E & string>(event: K, field: NumberField<PayloadOf<E[K]>>): number;
  /** The highest of them (default) or the lowest; undefined without reports. */
  best<K extends keyof E & string>(
    event: K,
    field: NumberField<PayloadOf<E[K]>>,
    which?: "highest" | "lowest",
  ): number | undefined;
}

/** Players with a tally in one round; beyond, the earliest is forgotten. */
export const MOST_TALLIED = 20_000;
/** Number fields of one event that are added up. */
export const MOST_FIELDS = 32;
/** Occurrence ids of one player and event that are remembered; beyond, a repeated id counts again. */
export const MOST_OCCURRENCES = 1_000;

interface Numbers {
  sum: number;
  highest: number;
  lowest: number;
}

/** What one user's reports of one event add up to, as plain JSON. */
export interface PlainTally {
  readonly userId: string;
  readonly event: string;
  readonly times: number;
  readonly numbers: readonly (readonly [field: string, Numbers])[];
  readonly occurrences?: readonly string[] | undefined;
}

export const plainTallySchema: z.ZodType<PlainTally> = z.object({
  userId: z.string(),
  event: z.string(),
  times: z.number(),
  numbers: z.array(z.tuple([z.string(), z.object({ sum: z.number(), highest: z.number(), lowest: z.number() })])),
  occurrences: z.array(z.string()).optional(),
});

interface Counted {
  times: number;
  numbers: Map<string, Numbers> | undefined;
  occurrences: Set<string> | undefined;
}

class PlayerTally implements Tally {
  readonly #events = new Map<string, Counted>();

  count(event: string): number {
    return this.#events.get(event)?.times ?? 0;
  }

  sum(event: string, field: string): number {
    return this.#numbers(event, field)?.sum ?? 0;
  }

  best(event: string, field: string, which: "highest" | "lowest" = "highest"): number | undefined {
    return this.#numbers(event, field)?.[which];
  }

  add(event: string, payload: unknown, occurrence: string | undefined): void {
    const counted = this.#events.get(event) ?? { times: 0, numbers: undefined, occurrences: undefined };
    if (occurrence !== undefined) {
      if (counted.occurrences?.has(occurrence)) return;
      counted.occurrences ??= new Set();
      if (counted.occurrences.size < MOST_OCCURRENCES) counted.occurrences.add(occurrence);
    }
    this.#events.set(event, counted);
    counted.times += 1;
    if (typeof payload !== "object" || payload === null) return;
    for (const [field, value] of Object.entries(payload)) {
      if (Number.isFinite(value)) addNumber((counted.numbers ??= new Map()), field, value as number);
    }
  }

  /** One entry for each event. */
  plain(userId: string): PlainTally[] {
    return [...this.#events].map(([event, { times, numbers = [], occurrences }]) => ({
      ...{ userId, event, times, numbers: [...numbers] },
      ...(occurrences && { occurrences: [...occurrences] }),
    }));
  }

  restore({ event, times, numbers, occurrences }: PlainTally): void {
    const read = occurrences && new Set(occurrences);
    this.#events.set(event, { times, numbers: new Map(numbers), occurrences: read });
  }

  #numbers(event: string, field: string): Numbers | undefined {
    return this.#events.get(event)?.numbers?.get(field);
  }
}

function addNumber(numbers: Map<string, Numbers>, field: string, value: number): void {
  const known = numbers.get(field);
  if (known) {
    known.sum += value;
    known.highest = Math.max(known.highest, value);
    known.lowest = Math.min(known.lowest, value);
  } else if (numbers.size < MOST_FIELDS) {
    numbers.set(field, { sum: value, highest: value, lowest: value });
  }
}

/** Under what a guest's tally is kept. No user id holds a space. */
export function guestKey(guest: { readonly sessionId: string } | string): string {
  return `guest ${typeof guest === "string" ? guest : guest.sessionId}`;
}

/** Every player's tally of one round, by user: who leaves and comes back goes on with the same one. */
export class Tallies {
  readonly #players = new Map<string, PlayerTally>();

  /** Adds a report; a repeated occurrence changes nothing. */
  add(userId: string, event: string, payload: unknown, occurrence: string | undefined): void {
    this.#of(userId).add(event, payload, occurrence);
  }

  /** Stays readable after the round's end. */
  of(userId: string): Tally {
    return this.#players.get(userId) ?? new PlayerTally();
  }

  /** A guest turned out to be this user, whose tally of before is kept if there is one. */
  move(from: string, userId: string): void {
    const tally = this.#players.get(from);
    this.#players.delete(from);
    if (tally && !this.#players.has(userId)) this.#players.set(userId, tally);
  }

  /** The user begins anew. */
  drop(userId: string): void {
    this.#players.delete(userId);
  }

  /** Those of these users, to go on with after a devMode restart. */
  plain(userIds: Iterable<string>): PlainTally[] {
    return [...new Set(userIds)].flatMap((userId) => this.#players.get(userId)?.plain(userId) ?? []);
  }

  restore(tallies: readonly PlainTally[]): void {
    for (const tally of tallies) this.#of(tally.userId).restore(tally);
  }

  #of(userId: string): PlayerTally {
    let tally = this.#players.get(userId);
    if (tally) return tally;
    this.#players.set(userId, (tally = new PlayerTally()));
    if (this.#players.size > MOST_TALLIED) {
      const earliest = this.#players.keys().next().value;
      if (earliest !== undefined) this.#players.delete(earliest);
    }
    return tally;
  }
}
