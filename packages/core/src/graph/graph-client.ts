import { createAchievementCalls, type AchievementCalls } from "./achievements.ts";
import { createAppToken, type AppCredentials } from "./app-credentials.ts";
import type { AppUsage } from "./app-usage.ts";
import { PRODUCTION_URL, readBaseUrl } from "./base-url.ts";
import { createCaller } from "./call.ts";
import { createLeaderboardCalls, type LeaderboardCalls } from "./leaderboards.ts";
import type { GraphTransport } from "./transport.ts";
import { createUserCalls, type UserCalls } from "./users.ts";
import { systemClock, type Clock } from "../runtime/clock.ts";

/** Typed calls to the platform. Every one rejects with a `GraphError` or, before anything is sent, with `bad_input`. */
export interface GraphClient extends AsyncDisposable {
  readonly achievements: AchievementCalls;
  readonly leaderboards: LeaderboardCalls;
  readonly users: UserCalls;
  /** Closes the transport: waits for what is under way, at most `graceMs` (default: as long as its time limits). */
  close(graceMs?: number): Promise<void>;
}

export interface GraphClientOptions {
  readonly app: AppCredentials;
  readonly transport: GraphTransport;
  /** Where the transport sends: links between pages to other hosts are refused. Default `https://graph.oculus.com`. */
  readonly baseUrl?: string | undefined;
  readonly clock?: Clock | undefined;
  /** Hears the share of the app's allowance that is used, where an answer tells it. Must not throw. */
  readonly onAppUsage?: ((usage: AppUsage) => void) | undefined;
}

/** Makes a client over `transport`. Throws `bad_input` for a wrong app id, secret or base URL. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { transport, clock = systemClock, baseUrl = PRODUCTION_URL, onAppUsage } = options;
  const appToken = createAppToken(options.app);
  const ownHosts = new Set([readBaseUrl(baseUrl).hostname, readBaseUrl(PRODUCTION_URL).hostname]);
  const caller = createCaller({ appToken, transport, clock, onAppUsage });
  return {
    achievements: createAchievementCalls(caller, appToken.appId, ownHosts),
    leaderboards: createLeaderboardCalls(caller, appToken.appId, ownHosts),
    users: createUserCalls(caller),
    close: (graceMs) => transport.close(graceMs),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}
