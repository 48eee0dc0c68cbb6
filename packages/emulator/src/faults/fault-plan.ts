import type { OperationName } from "../operations/operation-list.ts";
import { type Random, seededRandom } from "../runtime/random.ts";
import { type ChanceOptions, type Fault, type FaultKind, parseChance, parseFault } from "./fault.ts";

/** A planned failure and how far it has come. */
export interface PlannedFault {
  readonly id: string;
  readonly fault: Fault | ({ readonly kind: "chance" } & ChanceOptions);
  /** Matching requests so far. */
  readonly seen: number;
  readonly fired: number;
  /** Firings left; "always" for no end. */
  readonly left: number | "always";
}

/** The failures to come. Requests meet them in the order in which they were added. */
export interface Faults {
  /** @throws EmulatorInputError naming the member that cannot be used. */
  add(fault: Fault): string;
  /** @throws EmulatorInputError naming the member that cannot be used. */
  chance(options: ChanceOptions): string;
  list(): readonly PlannedFault[];
  /** Whether there was such a fault. */
  remove(id: string): boolean;
  clear(): void;
}

/** What one request meets. */
export interface Trouble {
  /** Before the effect, in milliseconds. */
  readonly waitBefore: number;
  /** Between effect and answer, in milliseconds. */
  readonly waitAfter: number;
  readonly fault: FaultKind | undefined;
  /** For the request log: the fault, or `latency` alone. */
  readonly name: FaultKind["kind"] | undefined;
}

/** What of a request decides which faults it meets. */
export interface Met {
  readonly operation: OperationName;
  readonly userId: string | undefined;
  /** Rows asked for. */
  readonly limit: number;
}

const NO_TROUBLE: Trouble = { waitBefore: 0, waitAfter: 0, fault: undefined, name: undefined };

interface Plan {
  readonly id: string;
  readonly origin: PlannedFault["fault"];
  readonly operations: ReadonlySet<OperationName> | undefined;
  readonly userId: string | undefined;
  readonly limitAbove: number | undefined;
  readonly times: number;
  readonly after: number;
  readonly decide: () => FaultKind | undefined;
  seen: number;
  fired: number;
}

export class FaultPlan implements Faults {
  readonly #random: Random;
  readonly #plans = new Map<string, Plan>();
  #lastId = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  add(input: Fault): string {
    const parsed = parseFault(input);
    // JSON knows no Infinity.
    const fault: Fault = parsed.times === Infinity ? { ...parsed, times: "always" } : parsed;
    const { operation = "*", probability = 1 } = fault;
    const named = typeof operation === "string" ? [operation] : operation;
    return this.#plan({
      origin: fault,
      operations: named.includes("*" as OperationName) ? undefined : new Set(named as readonly OperationName[]),
      userId: fault.userId,
      limitAbove: fault.limitAbove,
      times: fault.times === "always" ? Infinity : (fault.times ?? 1),
      after: fault.after ?? 0,
      decide: () => (probability === 1 || this.#random() < probability ? fault : undefined),
    });
  }

  chance(input: ChanceOptions): string {
    const { options, kinds } = parseChance(input);
    const random = seededRandom(options.seed ?? 1);
    return this.#plan({
      origin: { kind: "chance", ...options },
      operations: options.operations === undefined ? undefined : new Set(options.operations),
      userId: undefined,
      limitAbove: undefined,
      times: Infinity,
      after: 0,
      decide: () => (random() < options.probability ? kinds[Math.floor(random() * kinds.length)] : undefined),
    });
  }

  list(): readonly PlannedFault[] {
    return [...this.#plans.values()].map(({ id, origin, seen, fired, times }) => {
      return { id, fault: origin, seen, fired, left: times === Infinity ? "always" : times - fired };
    });
  }

  remove(id: string): boolean {
    return this.#plans.delete(id);
  }

  clear(): void {
    this.#plans.clear();
  }

  /** What this request meets; firings are counted here. At most one fault besides latency, and of several the longest. */
  meet(request: Met): Trouble {
    const { operation } = request;
    if (this.#plans.size === 0) return NO_TROUBLE;
    let [waitBefore, waitAfter] = [0, 0];
    let fault: FaultKind | undefined;
    for (const plan of this.#plans.values()) {
      if (!matches(plan, request)) continue;
      if (fault !== undefined && plan.origin.kind !== "latency") continue;
      const decided = this.#decide(plan, operation);
      if (decided === undefined) continue;
      if (decided.kind !== "latency") fault = decided;
      else if (decided.when === "after") waitAfter = Math.max(waitAfter, decided.ms);
      else waitBefore = Math.max(waitBefore, decided.ms);
    }
    const waits = waitBefore > 0 || waitAfter > 0;
    return { waitBefore, waitAfter, fault, name: fault?.kind ?? (waits ? "latency" : undefined) };
  }

  #decide(plan: Plan, operation: OperationName): FaultKind | undefined {
    plan.seen += 1;
    if (plan.seen <= plan.after || plan.fired >= plan.times) return undefined;
    const fault = plan.decide();
    if (fault === undefined || (fault.kind === "laggingReads" && operation !== "achievements.read")) return undefined;
    plan.fired += 1;
    return fault;
  }

  #plan(plan: Omit<Plan, "id" | "seen" | "fired">): string {
    this.#lastId += 1;
    const id = `fault-${this.#lastId}`;
    this.#plans.set(id, { ...plan, id, seen: 0, fired: 0 });
    return id;
  }
}

function matches(plan: Plan, { operation, userId, limit }: Met): boolean {
  if (plan.limitAbove !== undefined && !(limit > plan.limitAbove)) return false;
  if (plan.operations !== undefined && !plan.operations.has(operation)) return false;
  if (plan.userId !== undefined && plan.userId !== userId) return false;
  return plan.origin.kind !== "laggingReads" || operation === "achievements.read";
}
