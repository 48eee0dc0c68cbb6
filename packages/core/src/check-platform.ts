import type { Achievements, Leaderboards } from "./catalogue/definitions.ts";
import { compareDefinitions } from "./compare-definitions.ts";
import { isGraphError } from "./errors/graph-error.ts";
import type { GraphError } from "./errors/graph-error.ts";
import { isQuestlineError, QuestlineError } from "./errors/questline-error.ts";
import type { GraphClient } from "./graph/graph-client.ts";
import { shownValue } from "./ids/ids.ts";
import { listAchievements, listLeaderboards } from "./platform-definitions.ts";
import type { CheckCode, CheckFinding, CheckOptions } from "./questline.ts";
import { sleep } from "./runtime/clock.ts";
import type { Clock } from "./runtime/clock.ts";

export interface CheckParts {
  readonly graph: Pick<GraphClient, "achievements" | "leaderboards">;
  readonly achievements: Achievements;
  readonly leaderboards: Leaderboards;
  readonly clock: Clock;
  /** Aborted as Questline closes. */
  readonly closing: AbortSignal;
}

const TIMEOUT_MS = 15_000;
/** Of each list, as long as its failures may pass. */
const TRIES = 3;
const RETRY_MS = 200;

type Cause = readonly [CheckCode, string];
type Read<T> = { readonly rows: T } | { readonly cause: Cause };

/**
 * Compares the catalogue with the platform's definitions. What could not be read is a finding, too. Throws `bad_input`,
 * `aborted` by the caller's signal, `closed`.
 */
export async function checkPlatform(parts: CheckParts, options: CheckOptions = {}): Promise<readonly CheckFinding[]> {
  const { graph, achievements, leaderboards, clock, closing } = parts;
  const { timeoutMs = TIMEOUT_MS, signal } = options;
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
    throw new QuestlineError("bad_input", `check: timeoutMs is ${shownValue(timeoutMs)}; it must be above 0, in ms.`);
  }
  const limit = new AbortController();
  const late = new QuestlineError("aborted", `There was no answer within ${timeoutMs} ms.`);
  const timer = clock.after(timeoutMs, () => limit.abort(late));
  const stopped = AbortSignal.any([limit.signal, closing, ...(signal === undefined ? [] : [signal])]);
  const call = { signal: stopped, timeoutMs };
  const until = clock.monotonic() + timeoutMs;
  /** Ends with the time, whatever is waited for: also the game's own function that gives the secret. */
  const read = async <T>(ask: () => Promise<T>): Promise<Read<T>> => {
    let answered: unknown;
    for (let tried = 1; ; tried += 1) {
      try {
        return { rows: await Promise.race([ask(), rejectedBy(stopped)]) };
      } catch (error) {
        if (closing.aborted) throw new QuestlineError("closed", "check: Questline is closed.");
        if (signal?.aborted === true) throw new QuestlineError("aborted", "check: the caller aborted it.");
        // What it said before says more than that it said nothing since.
        if (limit.signal.aborted) return { cause: causeOf(answered ?? late) };
        answered = error;
        const waitMs = tried < TRIES ? waitAfter(error, tried) : undefined;
        if (waitMs === undefined || clock.monotonic() + waitMs >= until) return { cause: causeOf(error) };
        await sleep(clock, waitMs, stopped).catch(() => undefined);
      }
    }
  };
  try {
    const isAsked = Object.keys(leaderboards).length > 0;
    // Also without an achievement to compare: whether the platform answers this app is a finding.
    const [defined, boards] = await Promise.all([
      read(() => listAchievements(graph, call)),
      isAsked ? read(() => listLeaderboards(graph, call)) : undefined,
    ]);
    return [
      ...unreadFindings(defined, boards),
      ...compareDefinitions(
        { achievements: rowsOf(defined), leaderboards: rowsOf(boards) },
        achievements,
        leaderboards,
      ),
    ];
  } finally {
    timer.cancel();
  }
}

/** How long to wait for the next try; undefined where there is none to be made. */
function waitAfter(error: unknown, tried: number): number | undefined {
  if (!isGraphError(error) || !error.transient) return undefined;
  return Math.max(error.retryAfterMs ?? 0, RETRY_MS * 2 ** (tried - 1));
}

const rowsOf = <T>(read: Read<T> | undefined): T | undefined =>
  read !== undefined && "rows" in read ? read.rows : undefined;

/** One finding for each cause, not for each list. */
function unreadFindings(achievements: Read<unknown>, leaderboards: Read<unknown> | undefined): CheckFinding[] {
  const unread = (
    [
      ["achievements", achievements],
      ["leaderboards", leaderboards],
    ] as const
  ).flatMap(([list, read]) => (read !== undefined && "cause" in read ? [{ list, cause: read.cause }] : []));
  const [first, second] = unread;
  const isOne = first !== undefined && second?.cause[0] === first.cause[0];
  const told = isOne ? [{ list: "achievements and leaderboards", cause: first.cause }] : unread;
  return told.map(({ list, cause: [code, why] }) => {
    return { code, target: "app", problem: `The platform's ${list} could not be compared. ${why}` };
  });
}

/** Why a list could not be read, and what to do. */
function causeOf(error: unknown): Cause {
  const said = error instanceof Error ? error.message : String(error);
  const code = isGraphError(error) ? codeOf(error) : isQuestlineError(error) ? "no-answer" : "refused";
  const ordered = isGraphError(error) ? error.retryAfterMs : undefined;
  const wait = ordered === undefined ? "" : ` Not before ${Math.ceil(ordered / 1_000)} s from now.`;
  return [code, `${said} ${ADVICE[code]}${wait}`];
}

type UnreadCode =
  | "wrong-secret"
  | "missing-permission"
  | "rate-limited"
  | "platform-unavailable"
  | "unreadable-answer"
  | "no-answer"
  | "refused";

const ADVICE: Readonly<Record<UnreadCode, string>> = {
  "wrong-secret": "app.id and app.secret must be those that the dashboard shows under API.",
  "missing-permission": "Nothing can be delivered before the dashboard allows it.",
  "rate-limited": "The platform is limiting this app; check again later.",
  "platform-unavailable": "It is down or failing; results wait until it is back. Check again later.",
  "unreadable-answer": "Something else answers in the platform's place: look at graph.baseUrl, proxies and portals.",
  "no-answer": "Look at graph.baseUrl and at this machine's network, DNS, firewall and proxies.",
  refused: "The words are the platform's.",
};

function codeOf({ code, graphCode }: GraphError): UnreadCode {
  switch (code) {
    case "app_credentials":
      return "wrong-secret";
    case "permission":
      return "missing-permission";
    case "rate_limited":
      return "rate-limited";
    case "platform_unavailable":
      return "platform-unavailable";
    case "unreadable_answer":
      return "unreadable-answer";
    case "no_answer":
    case "aborted":
      return "no-answer";
    default:
      // A refusal without the platform's envelope is somebody else's word.
      return graphCode === undefined ? "unreadable-answer" : "refused";
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
