import type { Clock } from "../runtime/clock.ts";
import { soon } from "../runtime/soon.ts";
import type { Acceptance, Firing, LaneStore, ReportAcceptance } from "../store/lane-store.ts";
import type { Beat } from "./beat.ts";
import type { Sabotage } from "./sabotage.ts";
import type { StoreProblem } from "./store-problem.ts";

/** A report's firings, kept; or why none of them is. */
export type Taken =
  | { readonly status: "taken"; readonly firings: readonly Acceptance[] }
  | { readonly status: "refused"; readonly reason: string };

export interface IntakeParts {
  readonly store: Pick<LaneStore, "accept">;
  readonly clock: Clock;
  readonly beat: Beat;
  /** Firings that may wait for the store. */
  readonly maxQueued: number;
  /** The earliest of what was taken is due then. */
  readonly onDue: (at: number) => void;
  /** Why reports wait longer than they should, if that is known. */
  readonly problem?: () => StoreProblem | undefined;
  readonly sabotage?: Sabotage | undefined;
}

interface Waiting {
  readonly firings: readonly Firing[];
  readonly told: (taken: Taken) => void;
}

/**
 * Reports that travel and commit together, and such batches under way at once: a burst of any size costs the memory of so many
 * copies, and the rest waits here.
 */
const PER_BATCH = 1_000;
const MOST_BATCHES = 2;
/** Reports told of their acceptance in one turn of the event loop. */
const PER_TURN = 64;
const SABOTAGED_COMMIT_MS = 400;

/**
 * Brings reports into the store: all that arrive until the next beat share a transaction. Bounded.
 * Those who report are told by a call, since a promise for each would cost the game's thread more than its report does.
 *
 * *new*: reports wait for the store to open. Then *open*; or *failed*, where every report is refused. *Passed on* for good:
 * what is not yet handed to the store goes elsewhere, and so does every report.
 */
export class Intake {
  readonly #parts: IntakeParts;
  #state: "new" | "open" | { readonly failed: string } | { readonly take: Intake["take"] } = "new";
  #waiting: Waiting[] = [];
  #queued = 0;
  #batches = 0;
  #untold: (Waiting & { readonly taken: Taken })[] = [];
  #emptied: (() => void)[] = [];
  /** Resolves when every batch that was written so far is told. */
  #earlier: Promise<void> = Promise.resolve();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  open(): void {
    if (this.#state !== "new") return;
    this.#state = "open";
    this.#writeSoon();
  }

  /** What waits unwritten, and whatever comes from here on, goes to `take`. */
  passOn(take: Intake["take"]): void {
    this.#state = { take };
    for (const { firings, told } of this.#waiting.splice(0)) {
      this.#queued -= firings.length;
      take(firings, told);
    }
    this.#tellEmpty();
  }

  fail(error: unknown): void {
    if (isPassedOn(this.#state)) return;
    const reason = messageOf(error);
    this.#state = { failed: reason };
    this.#end(this.#waiting.splice(0), () => ({ status: "refused", reason }));
  }

  /** `told` is called once, at once where the report is refused unwritten. */
  take(firings: readonly Firing[], told: (taken: Taken) => void): void {
    if (isPassedOn(this.#state)) return this.#state.take(firings, told);
    if (typeof this.#state === "object") return told({ status: "refused", reason: this.#state.failed });
    const { maxQueued, problem } = this.#parts;
    if (this.#queued + firings.length > maxQueued) {
      const why = problem?.()?.message ?? "It is too slow or stuck.";
      const reason = `As many results as may (delivery.maxQueued, ${maxQueued}) wait for the store already. ${why}`;
      return told({ status: "refused", reason });
    }
    this.#queued += firings.length;
    this.#waiting.push({ firings, told });
    this.#writeSoon();
  }

  /** Resolves when nothing waits for the store. */
  async empty(): Promise<void> {
    this.#parts.beat.now();
    while (this.#queued > 0) await new Promise<void>((resolve) => this.#emptied.push(resolve));
  }

  #writeSoon(): void {
    if (this.#state === "open" && this.#waiting.length > 0) this.#parts.beat.ask(this.#writeSome);
  }

  /** Never throws. */
  readonly #writeSome = (): void => {
    while (this.#waiting.length > 0 && this.#batches < MOST_BATCHES)
      this.#writeBatch(this.#waiting.splice(0, PER_BATCH));
  };

  #writeBatch(batch: readonly Waiting[]): void {
    this.#batches += 1;
    const taking = this.#write(batch.map(({ firings }) => firings)).then(
      (answers) => (index: number) => takenOf(answers[index]),
      (error: unknown) => {
        const reason = messageOf(error);
        return (): Taken => ({ status: "refused", reason });
      },
    );
    void taking.then(() => {
      this.#batches -= 1;
      this.#writeSoon();
    });
    // A batch that had to be written again is answered on a longer way than those that came after it.
    this.#earlier = Promise.all([taking, this.#earlier]).then(([takenAt]) => this.#end(batch, takenAt));
  }

  /** Reports are told in the order in which they came, so many in a turn, however batches overlap. */
  #end(batch: readonly Waiting[], takenAt: (index: number) => Taken): void {
    const isTelling = this.#untold.length > 0;
    for (const [index, waiting] of batch.entries()) this.#untold.push({ ...waiting, taken: takenAt(index) });
    if (!isTelling) this.#tell();
  }

  #tell(): void {
    const now = this.#untold.slice(0, PER_TURN);
    let earliest = Number.POSITIVE_INFINITY;
    for (const { firings, told, taken } of now) {
      if (taken.status === "taken") for (const { dueAt } of firings) earliest = Math.min(earliest, dueAt);
      try {
        told(taken);
      } catch {
        // Such as a logger that throws: the others are told all the same.
      }
      this.#queued -= firings.length;
    }
    if (earliest < Number.POSITIVE_INFINITY) this.#parts.onDue(earliest);
    this.#untold = this.#untold.slice(now.length);
    if (this.#untold.length > 0) soon(() => this.#tell());
    else this.#tellEmpty();
  }

  #tellEmpty(): void {
    if (this.#queued === 0) for (const resolve of this.#emptied.splice(0)) resolve();
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

const isPassedOn = (state: string | object): state is { readonly take: Intake["take"] } =>
  typeof state === "object" && "take" in state;

function takenOf(answer: ReportAcceptance | undefined): Taken {
  if (answer === undefined) return { status: "refused", reason: "The store gave no answer." };
  return answer.status === "taken" ? answer : { status: "refused", reason: answer.detail };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
