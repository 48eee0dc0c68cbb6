/** What happened since the start of the process, counted. */
export interface Counters {
  events: number;
  intents: number;
  duplicates: number;
  refused: number;
  merged: number;
  suppressed: number;
  delivered: number;
  dead: number;
  attemptsStarted: number;
  attemptsFinished: number;
  ambiguous: number;
  verdictsApplied: number;
  verdictsNotApplied: number;
  verdictsForeign: number;
  reads: number;
}

export function newCounters(): Counters {
  return {
    events: 0,
    intents: 0,
    duplicates: 0,
    refused: 0,
    merged: 0,
    suppressed: 0,
    delivered: 0,
    dead: 0,
    attemptsStarted: 0,
    attemptsFinished: 0,
    ambiguous: 0,
    verdictsApplied: 0,
    verdictsNotApplied: 0,
    verdictsForeign: 0,
    reads: 0,
  };
}

export function sumOf(one: Counters, other: Counters): Counters {
  const sum = newCounters();
  for (const name of Object.keys(sum) as (keyof Counters)[]) sum[name] = one[name] + other[name];
  return sum;
}
