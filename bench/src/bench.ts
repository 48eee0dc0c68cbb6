import type { Measures } from "./contestant.ts";
import { median } from "./measure/statistics.ts";
import type { Row } from "./row.ts";

/** What is measured together: its contestants take turns, round by round. */
export interface Bench {
  readonly name: string;
  readonly rounds: { readonly full: number; readonly quick: number };
  readonly contestants: readonly Entrant[];
  rows(results: Results): readonly Row[];
}

export interface Entrant {
  readonly name: string;
  /** A file of `contestants/`. */
  readonly module: string;
  readonly variant?: string;
  /** It collects garbage itself, to weigh its heap. */
  readonly weighs?: boolean;
  readonly needsRedis?: boolean;
  /** Rounds before those that count; default 1. */
  readonly warmUps?: number;
  /** At most so many rounds count, where one takes long. */
  readonly atMost?: number;
}

/** Medians over the rounds, by contestant and measure; undefined where a contestant did not run. */
export class Results {
  readonly #rounds: ReadonlyMap<string, readonly Measures[]>;
  /** Why contestants that need Redis did not run. */
  readonly skipped: string | undefined;

  constructor(rounds: ReadonlyMap<string, readonly Measures[]>, skipped: string | undefined) {
    this.#rounds = rounds;
    this.skipped = skipped;
  }

  of(contestant: string, measure: string): number | undefined {
    const rounds = this.#rounds.get(contestant) ?? [];
    const values = rounds.map((round) => round[measure]).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : median(values);
  }

  /** All medians of a contestant whose measure's name ends so. */
  all(contestant: string, wanted: (measure: string) => boolean): Readonly<Record<string, number>> {
    const names = Object.keys(this.#rounds.get(contestant)?.[0] ?? {}).filter(wanted);
    return Object.fromEntries(names.map((name) => [name, this.of(contestant, name) ?? Number.NaN]));
  }

  ratio(contestant: string, other: string, measure: string): number | undefined {
    const [value, base] = [this.of(contestant, measure), this.of(other, measure)];
    return value === undefined || base === undefined ? undefined : value / base;
  }
}
