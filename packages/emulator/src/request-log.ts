import type { FaultKindName } from "./faults/fault.ts";
import type { OperationName } from "./operations/operation-list.ts";

/** One Graph request. Tokens and nonces appear as a kind and a short fingerprint, never as they are. */
export interface LoggedRequest {
  /** Counted from 1 in order of arrival; no number comes twice, even after `clear()`. */
  readonly n: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly operation: OperationName;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tokenKind: "app" | "user" | "none" | "invalid";
  /** `kind:` and the first 12 hex digits of the token's SHA-256. */
  readonly token?: string | undefined;
  /** App-scoped, of the user that the request is about. */
  readonly userId?: string | undefined;
  readonly apiName?: string | undefined;
  /** Null while unanswered, and for good when the connection was destroyed. */
  readonly status: number | null;
  /** Not answered and not destroyed yet. */
  readonly pending: boolean;
  /** A write or a nonce check was carried out, even if it changed nothing. */
  readonly effect: boolean;
  /** When that was, in milliseconds since the epoch. */
  readonly effectAt?: number | undefined;
  /** When its connection ended, by either side, before it was answered in full. */
  readonly endedAt?: number | undefined;
  /** How far back the state lay that a progress read showed, in milliseconds. */
  readonly lagMs?: number | undefined;
  readonly fault?: FaultKindName | undefined;
}

export interface RequestFilter {
  readonly operation?: string;
  readonly userId?: string;
  readonly apiName?: string;
  /** Null for destroyed connections. */
  readonly status?: number | null;
  readonly effect?: boolean;
  /** "any" for every faulty request. */
  readonly fault?: string;
  readonly tokenKind?: string;
  /** Only requests after this number. */
  readonly after?: number;
}

export interface OperationCounts {
  total: number;
  /** By HTTP status; `none` for destroyed connections. */
  readonly byStatus: Record<string, number>;
  effects: number;
  faults: number;
}

/** Counters that outlive dropped log entries. */
export interface RequestSummary {
  readonly total: number;
  /** Requests for `achievements.write` and `leaderboards.submit`, answered or not. */
  readonly writes: number;
  readonly effects: number;
  readonly faults: number;
  readonly pending: number;
  /** Entries no longer in the list. */
  readonly dropped: number;
  readonly byOperation: Readonly<Record<string, OperationCounts>>;
}

/** Every Graph request, oldest first; the oldest are dropped (and counted) above 250,000 rows or 256 MiB. */
export interface RequestLog {
  list(filter?: RequestFilter): readonly LoggedRequest[];
  count(filter?: RequestFilter): number;
  summary(): RequestSummary;
  clear(): void;
}

export interface LogLimits {
  readonly rows: number;
  /** As `sizeOf` reckons. */
  readonly bytes: number;
}

const LOG_LIMITS: LogLimits = { rows: 250_000, bytes: 268_435_456 };
/** Dropped in blocks: shifting one by one would move the whole array at every request. */
const SLACK = 1.25;
const ROW_BYTES = 256;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type OpenEntry = Mutable<LoggedRequest>;

/** The side that the server writes to. */
export class RequestRecorder implements RequestLog {
  readonly #limits: LogLimits;
  readonly #counts = new Map<OperationName, OperationCounts>();
  #entries: OpenEntry[] = [];
  #bytes = 0;
  #last = 0;
  #dropped = 0;
  #pending = 0;

  constructor(limits: LogLimits = LOG_LIMITS) {
    this.#limits = limits;
  }

  open(entry: Omit<LoggedRequest, "n" | "status" | "pending" | "effect">): OpenEntry {
    this.#last += 1;
    const opened: OpenEntry = { n: this.#last, ...owned(entry), status: null, pending: true, effect: false };
    this.#entries.push(opened);
    this.#bytes += sizeOf(opened);
    this.#pending += 1;
    const counts = this.#countsOf(entry.operation);
    counts.total += 1;
    if (entry.fault !== undefined) counts.faults += 1;
    const { rows, bytes } = this.#limits;
    if (this.#entries.length >= rows * SLACK || this.#bytes >= bytes * SLACK) this.#dropOldest();
    return opened;
  }

  tookEffect(entry: OpenEntry, at: number): void {
    if (entry.effect) return;
    entry.effect = true;
    entry.effectAt = at;
    this.#countsOf(entry.operation).effects += 1;
  }

  /** The connection is gone, and nobody was answered. */
  lost(entry: OpenEntry, at: number): void {
    entry.endedAt ??= at;
    this.finish(entry, null);
  }

  /** Null when the connection was destroyed. */
  finish(entry: OpenEntry, status: number | null): void {
    if (!entry.pending) return;
    entry.pending = false;
    entry.status = status;
    this.#pending -= 1;
    const { byStatus } = this.#countsOf(entry.operation);
    const key = status === null ? "none" : String(status);
    byStatus[key] = (byStatus[key] ?? 0) + 1;
  }

  list(filter: RequestFilter = {}): readonly LoggedRequest[] {
    return this.#entries.filter((entry) => matches(entry, filter)).map((entry) => ({ ...entry }));
  }

  count(filter: RequestFilter = {}): number {
    let count = 0;
    for (const entry of this.#entries) if (matches(entry, filter)) count += 1;
    return count;
  }

  summary(): RequestSummary {
    const byOperation: Record<string, OperationCounts> = {};
    const sums = { total: 0, effects: 0, faults: 0 };
    for (const [operation, counts] of this.#counts) {
      byOperation[operation] = { ...counts, byStatus: { ...counts.byStatus } };
      sums.total += counts.total;
      sums.effects += counts.effects;
      sums.faults += counts.faults;
    }
    const writes =
      (this.#counts.get("achievements.write")?.total ?? 0) + (this.#counts.get("leaderboards.submit")?.total ?? 0);
    return { ...sums, writes, pending: this.#pending, dropped: this.#dropped, byOperation };
  }

  clear(): void {
    // Entries still open must not count in the new summary when they finish.
    for (const entry of this.#entries) entry.pending = false;
    this.#entries = [];
    this.#bytes = 0;
    this.#counts.clear();
    this.#dropped = 0;
    this.#pending = 0;
  }

  #dropOldest(): void {
    const { rows, bytes } = this.#limits;
    let surplus = 0;
    for (const entry of this.#entries) {
      if (this.#entries.length - surplus <= rows && this.#bytes <= bytes) break;
      this.#bytes -= sizeOf(entry);
      surplus += 1;
    }
    this.#entries = this.#entries.slice(surplus);
    this.#dropped += surplus;
  }

  #countsOf(operation: OperationName): OperationCounts {
    const existing = this.#counts.get(operation);
    if (existing !== undefined) return existing;
    const made: OperationCounts = { total: 0, byStatus: {}, effects: 0, faults: 0 };
    this.#counts.set(operation, made);
    return made;
  }
}

/** What a row takes at most: two bytes for each character, and a share for the row itself. */
function sizeOf({ path, params }: LoggedRequest): number {
  let characters = path.length;
  for (const name in params) characters += name.length + (params[name]?.length ?? 0);
  return ROW_BYTES + 2 * characters;
}

/** With texts of its own: parts of a request's text would keep all of it alive. */
function owned<T extends Omit<LoggedRequest, "n" | "status" | "pending" | "effect">>(entry: T): T {
  const params = Object.fromEntries(Object.entries(entry.params).map(([name, value]) => [copy(name), copy(value)]));
  const { path, userId, apiName } = entry;
  return { ...entry, params, path: copy(path), userId: userId && copy(userId), apiName: apiName && copy(apiName) };
}

function copy(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}

function matches(entry: LoggedRequest, filter: RequestFilter): boolean {
  return (
    (filter.operation === undefined || entry.operation === filter.operation) &&
    (filter.userId === undefined || entry.userId === filter.userId) &&
    (filter.apiName === undefined || entry.apiName === filter.apiName) &&
    (filter.status === undefined || (entry.status === filter.status && !entry.pending)) &&
    (filter.effect === undefined || entry.effect === filter.effect) &&
    (filter.tokenKind === undefined || entry.tokenKind === filter.tokenKind) &&
    (filter.after === undefined || entry.n > filter.after) &&
    (filter.fault === undefined || (filter.fault === "any" ? entry.fault !== undefined : entry.fault === filter.fault))
  );
}
