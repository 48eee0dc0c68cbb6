import type { Clock } from "../runtime/clock.ts";
import { soon } from "../runtime/soon.ts";
import type { Acceptance, Firing, LaneStore, ReportAcceptance } from "../store/lane-store.ts";
import { gather } from "./gather.ts";
import type { Sabotage } from "./sabotage.ts";

/** A report's firings, kept; or why none of them is. */
export type Taken =
  | { readonly status: "taken"; readonly firings: readonly Acceptance[] }
  | { readonly status: "refused"; readonly reason: string };

export interface IntakeParts {
  readonly store: LaneStore;
  readonly clock: Clock;
  /** Firings that may wait for the store. */
  readonly maxQueued: number;
  /** The earliest of what was taken is due then. */
  readonly onDue: (at: number) => void;
  readonly sabotage?: Sabotage | undefined;
}

const SABOTAGED_COMMIT_MS = 400;

/** Brings reports into the store: all that arrive while one transaction is written share the next. Bounded. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #accept: (firings: readonly Firing[]) => Promise<ReportAcceptance>;
  #queued = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#accept = gather((reports) => this.#write(reports));
  }

  /** Rejects only when the store could not write. */
  async take(firings: readonly Firing[]): Promise<Taken> {
    const { maxQueued, onDue } = this.#parts;
    if (this.#queued + firings.length > maxQueued) {
      return {
        status: "refused",
        reason: `${this.#queued} results already wait for the store, which is too slow or stuck.`,
      };
    }
    this.#queued += firings.length;
    try {
      const taken = await this.#accept(firings);
      if (taken.status === "refused") return { status: "refused", reason: taken.detail };
      onDue(Math.min(...firings.map((firing) => firing.dueAt)));
      return taken;
    } finally {
      this.#queued -= firings.length;
    }
  }

  /** Resolves when nothing waits for the store. */
  async empty(): Promise<void> {
    while (this.#queued > 0) await new Promise<void>((resolve) => soon(resolve));
  }

  #write(reports: readonly (readonly Firing[])[]): Promise<readonly ReportAcceptance[]> {
    const { store, clock, sabotage, onDue } = this.#parts;
    if (sabotage !== "ack-before-commit") return store.accept(reports);
    clock.after(SABOTAGED_COMMIT_MS, () => {
      void store.accept(reports).then(
        () => onDue(clock.now()),
        () => undefined,
      );
    });
    const pretended: Acceptance = { status: "accepted", seq: 0, merged: false };
    return Promise.resolve(reports.map((report) => ({ status: "taken", firings: report.map(() => pretended) })));
  }
}
