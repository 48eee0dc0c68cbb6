import { createAccountCalls, type AccountCalls } from "./accounts.ts";
import { createAchievementCalls, type AchievementCalls } from "./achievements.ts";
import { createAppToken, type AppCredentials, type AppToken } from "./app-credentials.ts";
import type { AppUsage } from "./app-usage.ts";
import { createAttestationCalls, type AttestationCalls } from "./attestation.ts";
import { addressOf, checkSecure, PRODUCTION_URL, readBaseUrl } from "./base-url.ts";
import { createCaller, type Caller } from "./call.ts";
import { createDeviceBanCalls, type DeviceBanCalls } from "./device-bans.ts";
import { directTransport } from "./direct-transport.ts";
import { createFederatedUserCalls, type FederatedUserCalls } from "./federated-users.ts";
import { createLeaderboardCalls, type LeaderboardCalls } from "./leaderboards.ts";
import { createNotificationCalls, type NotificationCalls } from "./notifications.ts";
import { walkPages, type Pager, type SkippedRow } from "./pages.ts";
import { createPurchaseCalls, type PurchaseCalls } from "./purchases.ts";
import { createSubscriptionCalls, type SubscriptionCalls } from "./subscriptions.ts";
import type { GraphTransport } from "./transport.ts";
import { undiciTransport } from "./undici-transport.ts";
import { createUserCalls, type UserCalls } from "./users.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { systemClock, type Clock } from "../runtime/clock.ts";
import { systemRandom } from "../runtime/random.ts";

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
  /** Default: `directTransport` around an `undiciTransport` of its own. */
  readonly transport?: GraphTransport | undefined;
  /**
   * Where the platform is; links between pages to other hosts are refused. Default: where `transport` sends, else
   * `https://graph.oculus.com`.
   */
  readonly baseUrl?: string | undefined;
  /** Lets the app secret travel unencrypted to another machine than this one. Default false: such a base URL is `bad_input`. */
  readonly allowInsecureBaseUrl?: boolean | undefined;
  readonly clock?: Clock | undefined;
  /** Hears the share of the app's allowance that is used, where an answer tells it. Must not throw. */
  readonly onAppUsage?: ((usage: AppUsage) => void) | undefined;
  /** Hears which of its worlds the emulator answered from; the platform itself never says such a thing. Must not throw. */
  readonly onEmulatorWorld?: ((id: string) => void) | undefined;
  /** Hears of each row of a list that could not be read, and so cost nothing but itself. Must not throw. */
  readonly onSkippedRow?: ((row: SkippedRow) => void) | undefined;
}

/** Makes a client. Throws `bad_input` for a wrong app id, secret or base URL, and for one that is not the transport's. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { clock = systemClock, onAppUsage, onSkippedRow, onEmulatorWorld, federatedApp } = options;
  const baseUrl = baseUrlOf(options);
  // A transport that says where it sends answers for that itself.
  if (options.transport?.baseUrl === undefined) checkSecure(baseUrl, options.allowInsecureBaseUrl);
  const transport = options.transport ?? ownTransport(baseUrl, options.allowInsecureBaseUrl === true, clock);
  const ownHosts = new Set([readBaseUrl(baseUrl).hostname, readBaseUrl(PRODUCTION_URL).hostname]);
  const callsOf = (appToken: AppToken): [Caller, Pager] => {
    const caller = createCaller({ appToken, transport, clock, onAppUsage, onEmulatorWorld });
    return [caller, (first, more) => walkPages({ caller, first, options: more, clock, ownHosts, onSkippedRow })];
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

function baseUrlOf({ transport, baseUrl }: GraphClientOptions): string {
  const [own, given] = [transport?.baseUrl, baseUrl].map((url) => (url === undefined ? undefined : addressOf(url)));
  if (own === undefined || given === undefined || own === given) return given ?? own ?? PRODUCTION_URL;
  throw new QuestlineError(
    "bad_input",
    `createGraphClient: the transport sends to ${own}, not to ${given}: give baseUrl once.`,
  );
}

function ownTransport(baseUrl: string, allowInsecureBaseUrl: boolean, clock: Clock): GraphTransport {
  return directTransport(undiciTransport({ baseUrl, allowInsecureBaseUrl, clock }), { clock, random: systemRandom });
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
