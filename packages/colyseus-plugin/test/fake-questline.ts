import type {
  Durable,
  EventDefinition,
  LaneSnapshot,
  Questline,
  Receipt,
  SettledOutcome,
  TokenWanted,
  Users,
} from "@questline/core";

export interface Ended {
  readonly won: boolean;
}
export interface Kill {
  readonly weapon: string;
}
export type FakeEvents = {
  readonly matchEnded: EventDefinition<Ended, "once-per-match">;
  readonly kill: EventDefinition<Kill, "each">;
};

export interface Reported {
  readonly match: string;
  readonly userId: string;
  readonly event: string;
  readonly payload: unknown;
  readonly occurrence: unknown;
}

export interface FakeQuestline {
  readonly questline: Questline<FakeEvents>;
  readonly reported: Reported[];
  /** Calls of `users`, in order. */
  readonly asked: string[];
  /** What `users` answers; replace to refuse. */
  readonly users: { [K in keyof Users]: Users[K] };
  /** Users who have a lane that waits for a token. */
  readonly parked: Set<string>;
  listeners(): number;
  settle(outcome: Partial<SettledOutcome> & Pick<SettledOutcome, "userId" | "target">): void;
  want(wanted: TokenWanted): void;
}

/** An error as the core throws it. */
export function coded(code: string, message = "said by the platform"): Error {
  return Object.assign(new Error(message), { code });
}

/** A Questline that delivers nothing: it records reports and lets a test speak for the platform. */
export function fakeQuestline(): FakeQuestline {
  const reported: Reported[] = [];
  const asked: string[] = [];
  const outcomes = new Set<(outcome: SettledOutcome) => void>();
  const wants = new Set<(wanted: TokenWanted) => void>();
  const parked = new Set<string>();
  let minted = 0;

  const users = {
    verifyToken: async (token: string) => ({ id: token.replace("token-of-", "") }),
    verifyNonce: async (userId: string) => ({ id: userId, alias: "Neo" }),
    provideToken: async (userId: string) => ({ id: userId }),
  } as unknown as { [K in keyof Users]: Users[K] };

  const listen = <T>(listeners: Set<T>, listener: T): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const accepted = (): Receipt => ({
    durable: Promise.resolve<Durable>({ status: "accepted" }),
    settled: Promise.resolve([]),
  });

  const questline = {
    events: { matchEnded: { occurs: "once-per-match" }, kill: { occurs: "each" } },
    match: (id: string) => ({
      id,
      report: (userId: string, event: string, payload: unknown, occurrence?: unknown) => {
        reported.push({ match: id, userId, event, payload, occurrence });
        return accepted();
      },
    }),
    newMatchId: (prefix: string) => `${prefix}:${++minted}`,
    users: {
      verifyToken: (token: string) => (asked.push(`token ${token}`), users.verifyToken(token)),
      verifyNonce: (userId: string, nonce: string) => (
        asked.push(`nonce ${userId} ${nonce}`),
        users.verifyNonce(userId, nonce)
      ),
      provideToken: (userId: string, token: string) => (
        asked.push(`provide ${userId} ${token}`),
        users.provideToken(userId, token)
      ),
    },
    inspect: async ({ user = "" } = {}) => (parked.has(user) ? [{ state: "parked" } as LaneSnapshot] : []),
    onOutcome: (listener: (outcome: SettledOutcome) => void) => listen(outcomes, listener),
    onTokenWanted: (listener: (wanted: TokenWanted) => void) => listen(wants, listener),
  } as unknown as Questline<FakeEvents>;

  return {
    questline,
    reported,
    asked,
    users,
    parked,
    listeners: () => outcomes.size + wants.size,
    settle: (outcome) => {
      const whole: SettledOutcome = {
        id: "o-1",
        status: "delivered",
        unlocked: false,
        at: 1_700_000_000_000,
        ...outcome,
      };
      for (const listener of outcomes) listener(whole);
    },
    want: (wanted) => {
      for (const listener of wants) listener(wanted);
    },
  };
}
