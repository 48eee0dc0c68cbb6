/** One line of the table. */
export interface Row {
  readonly name: string;
  /** What was measured, in words. */
  readonly what: string;
  /** The median over the rounds; null where it was skipped. */
  readonly value: number | null;
  readonly unit: string;
  /** What it must reach; absent where a row only informs. */
  readonly goal?: Goal;
  readonly status: "ok" | "missed" | "measured" | "skipped";
  /** Of a missed goal: what was busy, or waited for, while it was measured. */
  readonly bound?: string;
  /** Of a skipped row. */
  readonly reason?: string;
  /** Medians that belong beside it, by name. */
  readonly beside?: Readonly<Record<string, number>>;
}

export type Goal = { readonly atMost: number } | { readonly atLeast: number };

interface Measured {
  readonly name: string;
  readonly what: string;
  readonly value: number | undefined;
  readonly unit: string;
  readonly goal?: Goal;
  /** Asked only where the goal was missed. */
  readonly bound?: () => string;
  /** Why there is no value. */
  readonly skipped?: string | undefined;
  readonly beside?: Readonly<Record<string, number | undefined>>;
}

/** Holds a value to its goal. */
export function rowOf({ name, what, value, unit, goal, bound, skipped, beside = {} }: Measured): Row {
  const known = Object.entries(beside).filter((entry): entry is [string, number] => entry[1] !== undefined);
  const rest = known.length === 0 ? {} : { beside: Object.fromEntries(known.map(([key, n]) => [key, rounded(n)])) };
  const aim = goal === undefined ? {} : { goal };
  if (value === undefined) {
    const reason = skipped ?? "nothing to compare it with was measured";
    return { name, what, value: null, unit, ...aim, status: "skipped", reason, ...rest };
  }
  const status = goal === undefined ? "measured" : meets(value, goal) ? "ok" : "missed";
  const why = status === "missed" && bound !== undefined ? { bound: bound() } : {};
  return { name, what, value: rounded(value), unit, ...aim, status, ...why, ...rest };
}

const meets = (value: number, goal: Goal): boolean => ("atMost" in goal ? value <= goal.atMost : value >= goal.atLeast);

/** Three digits that count, whole numbers above. */
const rounded = (n: number): number => (Math.abs(n) >= 100 ? Math.round(n) : Number(n.toPrecision(3)));
