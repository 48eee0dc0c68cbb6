/** Numbers of one round, by name. */
export type Measures = Readonly<Record<string, number>>;

/** What a contestant is given, as JSON on its command line. */
export interface Setup {
  /** A folder of its own, on disk. */
  readonly folder: string;
  /** The loopback platform. Below `/silent` it answers definitions only. */
  readonly platformUrl: string;
  readonly redisPort: number | undefined;
  readonly quick: boolean;
  /** Which of its ways of working is wanted; a module says which it has. */
  readonly variant: string;
}

/** Something measured, in a process of its own that stays between rounds, so that its code is warm and its heap its own. */
export interface Contestant {
  round(number: number): Promise<Measures>;
  close(): Promise<void>;
}

export type StartContestant = (setup: Setup) => Promise<Contestant>;
