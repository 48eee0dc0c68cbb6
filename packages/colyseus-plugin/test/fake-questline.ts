import { bitfield, count, simple } from "@questline/core";
import type {
  Announcement,
  Durable,
  EventDefinition,
  LaneFilter,
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
  /** A user's lanes besides. */
  readonly lanes: Map<string, LaneSnapshot[]>;
  /** What is not acknowledged, by user. */
  readonly announced: Map<string, Announcement[]>;
  /** Places on boards, by user; without one, reading it fails. */
  readonly ranks: Map<string, number>;
  listeners(): number;
  settle(outcome: Partial<SettledOutcome> & Pick<SettledOutcome, "userId" | "target">): void;
  want(wanted: TokenWanted): void;
  /** Tells the listeners that a user is forgotten. */
  forget(userId: string): Promise<unknown>;
}

/** A lane with something pending, unless the test says otherwise. */
export function laneOf(name: string, more: Partial<LaneSnapshot> = {}): LaneSnapshot {
  const key = { app: "1", user: "", target: { type: "achievement", name } } as const;
  const lane = { id: name, key, state: "pending", seq: 1, settledThrough: 0, attempts: 0, history: [], lostLeases: 0 };
  return { ...lane, ...more } as LaneSnapshot;
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
  const forgets = new Set<(userId: string) => unknown>();
  const parked = new Set<string>();
  const lanes: FakeQuestline["lanes"] = new Map();
  const announced: FakeQuestline["announced"] = new Map();
  const ranks: FakeQuestline["ranks"] = new Map();
  let minted = 0;

  const users = {
    verifyToken: async (token: string) => ({ id: token.replace("token-of-", "") }),
    verifyNonce: async (userId: string) => ({ id: userId, alias: "Neo" }),
    provideToken: async (userId: string) => ({ id: userId }),
    vouch: async (user: object) => `vouched for ${JSON.stringify(user)}`,
    vouched: async (voucher: unknown) => {
      const [, user] = /^vouched for (.*)$/.exec(String(voucher)) ?? [];
      return user === undefined ? undefined : JSON.parse(user);
    },
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
    appId: "1",
    achievements: { FIRST_WIN: simple(), WINS_100: count(100), EVERY_MAP: bitfield(7, { target: 5 }) },
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
      vouch: (user: Parameters<Users["vouch"]>[0]) => users.vouch(user),
      vouched: (voucher: unknown) => users.vouched(voucher),
      onForget: (listener: (userId: string) => unknown) => listen(forgets, listener),
    },
    inspect: async ({ user = "", waiting }: LaneFilter = {}) => {
      const all = parked.has(user) ? [laneOf("BEST_TIME", { state: "parked" })] : (lanes.get(user) ?? []);
      return waiting === true ? all.filter(({ state }) => state !== "idle") : all;
    },
    announcements: async (userId: string) => announced.get(userId) ?? [],
    acknowledge: async (userId: string, ids: readonly string[]) => {
      asked.push(`acknowledge ${userId} ${ids.join(" ")}`);
      announced.set(
        userId,
        (announced.get(userId) ?? []).filter(({ id }) => !ids.includes(id)),
      );
      return ids.length;
    },
    graph: {
      leaderboards: {
        entries: async function* ({ userIds = [] }: { readonly userIds?: readonly string[] }) {
          const [userId = ""] = userIds;
          if (!ranks.has(userId)) throw new Error("said by the platform");
          yield { userId, rank: ranks.get(userId) };
        },
      },
    },
    onOutcome: (listener: (outcome: SettledOutcome) => void) => listen(outcomes, listener),
    onTokenWanted: (listener: (wanted: TokenWanted) => void) => listen(wants, listener),
  } as unknown as Questline<FakeEvents>;

  return {
    questline,
    reported,
    asked,
    users,
    parked,
    lanes,
    announced,
    ranks,
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
    forget: (userId) => Promise.all([...forgets].map((listener) => listener(userId))),
  };
}
