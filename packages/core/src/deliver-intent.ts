import type { Feed } from "./delivery/feed.ts";
import type { Platform, ProgressRow, Unread, Write } from "./delivery/platform.ts";
import type { AchievementProgress } from "./graph/achievements.ts";
import type { AppUsage } from "./graph/app-usage.ts";
import type { CallOptions } from "./graph/call.ts";
import type { GraphClient } from "./graph/graph-client.ts";
import { bitText } from "./intent/bit-text.ts";
import { accumulates } from "./intent/lane-value.ts";
import type { Outcome } from "./intent/outcome.ts";
import { isOfUser, isUnknown, outcomeOfError, unreadOfError } from "./outcome-of-error.ts";
import type { DefinitionsBook } from "./platform-definitions.ts";
import type { Clock } from "./runtime/clock.ts";
import type { TokenVault } from "./token-vault.ts";

export interface PlatformParts {
  readonly graph: GraphClient;
  readonly tokens: Pick<TokenVault, "tokenOf" | "ready" | "forget">;
  readonly definitions: DefinitionsBook;
  readonly clock: Clock;
  /** What the platform says of the app's usage. */
  readonly usage?: Feed<AppUsage>;
}

/** The one place where what a lane wants meets the platform's calls. */
export function graphPlatform({ graph, tokens, definitions, clock, usage }: PlatformParts): Platform {
  return {
    onUsage: (listener) =>
      void usage?.listen(({ callCount, totalTime, totalCpuTime }) =>
        listener(Math.max(callCount, totalTime, totalCpuTime)),
      ),
    definitions: () => definitions.current,
    known: definitions.known,
    hasToken: (user) => tokens.ready(user),

    deliver: (write, signal) =>
      write.type === "achievement" ? writeAchievement(graph, write, signal) : submitScore(graph, tokens, write, signal),

    async readProgress(user, signal) {
      const sentAt = clock.now();
      try {
        return { status: "read", sentAt, rows: rowsByName(await graph.achievements.read(user, {}, { signal })) };
      } catch (error) {
        return unreadOf(graph, user, error, signal);
      }
    },

    async readOne(user, achievement, signal) {
      const sentAt = clock.now();
      try {
        const answer = await graph.achievements.readOne(user, achievement, { signal });
        if (answer === "absent") return { status: "absent", sentAt };
        const row = answer === "unreadable" ? undefined : progressRow(answer);
        return row === undefined ? { status: "unread", reason: "progress-unread" } : { status: "row", sentAt, row };
      } catch (error) {
        return unreadOf(graph, user, error, signal);
      }
    },
  };
}

async function unreadOf(graph: GraphClient, user: string, error: unknown, signal: AbortSignal): Promise<Unread> {
  const unread = unreadOfError(error);
  const isNobody = isOfUser(error) && (await isNoUser(graph, user, signal));
  return isNobody ? { ...unread, reason: "refused-user", noSuchUser: true } : unread;
}

/**
 * Whether the platform has no such user. What a refusal is about is not told apart (100), and that nothing was found (100/33)
 * may be for want of a permission: so it is asked for the user alone, and has none only if it finds none there either.
 */
async function isNoUser(graph: GraphClient, user: string, signal: AbortSignal): Promise<boolean> {
  try {
    await graph.users.get(user, { signal });
    return false;
  } catch (error) {
    return isUnknown(error);
  }
}

async function writeAchievement(
  graph: GraphClient,
  write: Extract<Write, { type: "achievement" }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { value, user, name, notAfter } = write;
  const options: CallOptions = { signal, notAfter };
  try {
    const { justUnlocked } = await graph.achievements.write(
      {
        userId: user,
        apiName: name,
        ...(value.count > 0n ? { addCount: value.count } : {}),
        ...(value.bits > 0n ? { addBits: bitText(value.bits, value.bitLength) } : {}),
        ...(value.unlock ? { forceUnlock: true } : {}),
      },
      options,
    );
    return { status: "delivered", facts: { justUnlocked } };
  } catch (error) {
    return outcomeOfError(error, accumulates(value));
  }
}

async function submitScore(
  graph: GraphClient,
  tokens: PlatformParts["tokens"],
  write: Extract<Write, { type: "score" }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { entry, user, name, forced, notAfter } = write;
  const userToken = write.writes === "client" ? tokens.tokenOf(user) : undefined;
  if (write.writes === "client" && userToken === undefined) return { status: "rejected", reason: "user-token" };
  const score = {
    apiName: name,
    score: entry.score,
    ...(entry.extra === undefined ? {} : { extraData: entry.extra }),
    ...(forced ? { force: true } : {}),
  };
  try {
    const { didUpdate } = await graph.leaderboards.submit(
      userToken === undefined ? { ...score, userId: user } : { ...score, userToken },
      { signal, notAfter },
    );
    return { status: "delivered", facts: didUpdate === undefined ? {} : { improved: didUpdate } };
  } catch (error) {
    const outcome = outcomeOfError(error, false);
    if (userToken === undefined && outcome.status === "rejected" && isOfUser(error)) {
      return (await isNoUser(graph, user, signal)) ? { ...outcome, reason: "refused-user" } : outcome;
    }
    if (userToken !== undefined && outcome.status === "rejected" && outcome.reason === "user-token") {
      await tokens.forget(user, userToken);
    }
    return outcome;
  }
}

/** Undefined where a row does not say which achievement it is about. */
function rowsByName(answers: readonly AchievementProgress[]): ReadonlyMap<string, ProgressRow> | undefined {
  const rows = new Map<string, ProgressRow>();
  for (const answer of answers) {
    const row = progressRow(answer);
    if (answer.apiName === undefined || row === undefined) return undefined;
    rows.set(answer.apiName, row);
  }
  return rows;
}

/** Undefined where the row does not say whether it is unlocked. */
function progressRow(answer: AchievementProgress): ProgressRow | undefined {
  const unlocked = answer.isUnlocked ?? (answer.unlockedAt === undefined ? undefined : true);
  if (unlocked === undefined) return undefined;
  return { unlocked, ...(answer.count === undefined ? {} : { count: answer.count }) };
}
