import { createAccountCalls, type AccountCalls } from "./accounts.ts";
import { createAchievementCalls, type AchievementCalls } from "./achievements.ts";
import { createAppToken, type AppCredentials, type AppToken } from "./app-credentials.ts";
import type { AppUsage } from "./app-usage.ts";
import { createAttestationCalls, type AttestationCalls } from "./attestation.ts";
import { PRODUCTION_URL, readBaseUrl } from "./base-url.ts";
import { createCaller, type Caller } from "./call.ts";
import { createDeviceBanCalls, type DeviceBanCalls } from "./device-bans.ts";
import { createFederatedUserCalls, type FederatedUserCalls } from "./federated-users.ts";
import { createLeaderboardCalls, type LeaderboardCalls } from "./leaderboards.ts";
import { createNotificationCalls, type NotificationCalls } from "./notifications.ts";
import { walkPages, type Pager } from "./pages.ts";
import { createPurchaseCalls, type PurchaseCalls } from "./purchases.ts";
import { createSubscriptionCalls, type SubscriptionCalls } from "./subscriptions.ts";
import type { GraphTransport } from "./transport.ts";
import { createUserCalls, type UserCalls } from "./users.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { systemClock, type Clock } from "../runtime/clock.ts";

/** Typed calls to the platform, by noun. Every one rejects with a `GraphError` or, before anything is sent, with `bad_input`. */
export interface GraphCalls {
  readonly achievements: AchievementCalls;
  readonly leaderboards: LeaderboardCalls;
  readonly users: UserCalls;
  readonly accounts: AccountCalls;
  readonly purchases: PurchaseCalls;
  readonly subscriptions: SubscriptionCalls;
  readonly attestation: AttestationCalls;
  readonly deviceBans: DeviceBanCalls;
  readonly federatedUsers: FederatedUserCalls;
  readonly notifications: NotificationCalls;
}

export interface GraphClient extends GraphCalls, AsyncDisposable {
  /** Closes the transport: waits for what is under way, at most `graceMs` (default: as long as its time limits). */
  close(graceMs?: number): Promise<void>;
}

export interface GraphClientOptions {
  readonly app: AppCredentials;
  /** The app's federated twin, for `federatedUsers`; it has an id and a secret of its own. */
  readonly federatedApp?: AppCredentials | undefined;
  readonly transport: GraphTransport;
  /** Where the transport sends: links between pages to other hosts are refused. Default `https://graph.oculus.com`. */
  readonly baseUrl?: string | undefined;
  readonly clock?: Clock | undefined;
  /** Hears the share of the app's allowance that is used, where an answer tells it. Must not throw. */
  readonly onAppUsage?: ((usage: AppUsage) => void) | undefined;
  /** Hears which of its worlds the emulator answered from; the platform itself never says such a thing. Must not throw. */
  readonly onEmulatorWorld?: ((id: string) => void) | undefined;
}

/** Makes a client over `transport`. Throws `bad_input` for a wrong app id, secret or base URL. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const {
    transport,
    clock = systemClock,
    baseUrl = PRODUCTION_URL,
    onAppUsage,
    onEmulatorWorld,
    federatedApp,
  } = options;
  const ownHosts = new Set([readBaseUrl(baseUrl).hostname, readBaseUrl(PRODUCTION_URL).hostname]);
  const callsOf = (appToken: AppToken): [Caller, Pager] => {
    const caller = createCaller({ appToken, transport, clock, onAppUsage, onEmulatorWorld });
    return [caller, (first, more) => walkPages({ caller, first, options: more, ownHosts })];
  };
  const [caller, pager] = callsOf(createAppToken(options.app));
  const federated = federatedApp === undefined ? withoutFederatedApp : callsOf(createAppToken(federatedApp));
  return {
    achievements: createAchievementCalls(caller, pager),
    leaderboards: createLeaderboardCalls(caller, pager),
    users: createUserCalls(caller),
    accounts: createAccountCalls(caller),
    purchases: createPurchaseCalls(caller, pager),
    subscriptions: createSubscriptionCalls(caller, pager),
    attestation: createAttestationCalls(caller),
    deviceBans: createDeviceBanCalls(caller, pager),
    federatedUsers: createFederatedUserCalls(...federated),
    notifications: createNotificationCalls(caller),
    close: (graceMs) => transport.close(graceMs),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}

/** The calls of a client, without the power to close it. */
export function graphCalls(client: GraphClient): GraphCalls {
  const { close: _, [Symbol.asyncDispose]: __, ...calls } = client;
  return calls;
}

const missing = (): QuestlineError =>
  new QuestlineError("bad_input", "federatedUsers needs the federated app's credentials: give federatedApp.");

const withoutFederatedApp: [Caller, Pager] = [
  () => Promise.reject(missing()),
  // oxlint-disable-next-line require-yield
  async function* () {
    throw missing();
  },
];
