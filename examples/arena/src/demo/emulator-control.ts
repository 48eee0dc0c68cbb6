import type {
  ChanceOptions,
  Fault,
  LoggedRequest,
  OracleSnapshot,
  RequestSummary,
  Seed,
  WorldSnapshot,
} from "@questline/emulator";
import { timeLimit } from "../runtime/timers.ts";
import type { ActualWorld } from "./compare.ts";

const PATIENCE_MS = 10_000;

/** The emulator's own levers and books, over HTTP; never through a proxy that stands before the platform. */
export class EmulatorControl {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  reset(seed: Seed): Promise<unknown> {
    return this.#post("reset", seed);
  }

  fault(fault: Fault): Promise<unknown> {
    return this.#post("faults", fault);
  }

  chance(options: ChanceOptions): Promise<unknown> {
    return this.#post("faults/chance", options);
  }

  /** Every token of this user stops working. */
  revokeTokens(userId: string): Promise<unknown> {
    return this.#post("tokens/revoke", { userId });
  }

  summary(): Promise<RequestSummary> {
    return this.#get("requests/summary");
  }

  /** How often each user token was answered by `GET /me` with 200, by its fingerprint. */
  async tokensVerified(): Promise<ReadonlyMap<string, number>> {
    const { requests } = await this.#get<{ requests: readonly LoggedRequest[] }>(
      "requests?operation=users.me&status=200",
    );
    const times = new Map<string, number>();
    for (const { token = "none" } of requests) times.set(token, (times.get(token) ?? 0) + 1);
    return times;
  }

  async world(): Promise<ActualWorld> {
    const [world, oracle] = await Promise.all([this.#get<WorldSnapshot>("world"), this.#get<OracleSnapshot>("oracle")]);
    return actualWorld(world, oracle);
  }

  async #get<T>(path: string): Promise<T> {
    return this.#answer(await fetch(this.#at(path), { signal: timeLimit(PATIENCE_MS) }));
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    const text = JSON.stringify(body);
    const headers = { "content-type": "application/json" };
    return this.#answer(
      await fetch(this.#at(path), { method: "POST", headers, body: text, signal: timeLimit(PATIENCE_MS) }),
    );
  }

  async #answer<T>(answer: Response): Promise<T> {
    if (!answer.ok) throw new Error(`the emulator answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  #at(path: string): string {
    return `${this.url}/__emulator/${path}`;
  }
}

/** Books of the emulator in the words of the comparison. */
function actualWorld(world: WorldSnapshot, oracle: OracleSnapshot): ActualWorld {
  const key = (user: string, name: string): string => `${user} ${name}`;
  const rows = new Map(
    world.users.flatMap(({ achievements }) => achievements.map((row) => [key(row.userId, row.apiName), row])),
  );
  const added = new Map(oracle.achievements.map((row) => [key(row.userId, row.apiName), Number(row.added)]));
  const entries = world.apps.flatMap(({ leaderboards }) =>
    leaderboards.flatMap((board) => board.entries.map((entry) => ({ ...entry, board: board.apiName }))),
  );
  const scores = new Map(entries.map(({ userId, board, score }) => [key(userId, board), Number(score)]));
  return {
    users: new Set([...rows.keys(), ...added.keys(), ...scores.keys()].map((at) => at.slice(0, at.indexOf(" ")))),
    progress(user, name) {
      const row = rows.get(key(user, name));
      const bits = [...(row?.bits ?? "")].flatMap((bit, position) => (bit === "1" ? [position] : []));
      return {
        unlocked: row?.unlocked ?? false,
        count: Number(row?.count ?? 0),
        bits: new Set(bits),
        added: added.get(key(user, name)) ?? 0,
      };
    },
    score: (user, board) => scores.get(key(user, board)),
  };
}
