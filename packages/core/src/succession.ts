import type { FiringEnd } from "./delivery/settle-waiters.ts";
import type { QuestlineError } from "./errors/questline-error.ts";
import type { Owed } from "./store/lane-records.ts";
import type { OpenDelivery } from "./open-delivery.ts";
import type { Questline } from "./questline.ts";
import type { Logger } from "./runtime/log.ts";
import { enterFile } from "./same-file.ts";
import type { FilePlace } from "./same-file.ts";
import { askedVerbs } from "./store/remote-store.ts";

/** How long what is under way may still take before a file is given on, ms. */
const GIVE_MS = 1_000;

/** A newer Questline over the same file. */
export interface Successor {
  readonly delivery: OpenDelivery;
  readonly ready: Promise<void>;
  /** Complete as soon as whoever made it has it. */
  readonly front: () => Questline;
}

export interface SuccessionParts {
  readonly app: string;
  /** The path of its file; absent: it has none, and is never succeeded. */
  readonly file: string | undefined;
  readonly own: OpenDelivery;
  readonly logger: Logger;
}

/**
 * The delivery of one Questline, or of the newer one that took over its file in the same process (a hot reload).
 *
 * *own* → *giving* (`give`: reports already go to the newer one; what is under way ends) → *given* (the file is free, and
 * everything asked here is asked of the newer one). Or *closed*, by `close`.
 */
export class Succession {
  /** Asks whoever has the file now. */
  readonly delivery: OpenDelivery;
  readonly #parts: SuccessionParts;
  readonly #given = Promise.withResolvers<Questline>();
  readonly #lost = Promise.withResolvers<QuestlineError>();
  #place: FilePlace<Successor> | undefined;
  #next: Successor | undefined;
  #front: Questline | undefined;
  #before: Promise<void> | undefined;
  #ready: Promise<void> | undefined;
  #isOpening = false;
  #closing: Promise<Owed> | undefined;
  #released: Promise<void> | undefined;

  constructor(parts: SuccessionParts) {
    const { own } = parts;
    this.#parts = parts;
    void own.lost.then((error) => this.#next === undefined && this.#lost.resolve(error));
    this.delivery = {
      ...own,
      store: {
        ...own.store,
        ...askedVerbs((verb, args) =>
          this.#ask(({ store }) => Reflect.apply(store[verb], store, args) as Promise<unknown>),
        ),
      },
      lost: this.#lost.promise,
      restarts: () => this.#at.restarts(),
      outbox: {
        ended: own.outbox.ended,
        tokenWanted: own.outbox.tokenWanted,
        open: () => this.#open(),
        take: (firings, told) => own.outbox.take(firings, told),
        settled: (key, seq) => this.#settled(({ outbox }) => outbox.settled(key, seq)),
        wake: (app, user) => this.#ask(({ outbox }) => outbox.wake(app, user)),
        kick: () => this.#at.outbox.kick(),
        prefetch: (user) => this.#ask(({ outbox }) => outbox.prefetch(user)),
        forgetProgress: (app, user, heldForMs) =>
          this.#ask(({ outbox }) => outbox.forgetProgress(app, user, heldForMs)),
        sawWorld: (id) => this.#at.outbox.sawWorld(id),
        flush: () => this.#ask(({ outbox }) => outbox.flush()),
        owed: () => this.#ask(({ outbox }) => outbox.owed()),
        throttle: () => this.#at.outbox.throttle(),
        problem: () => this.#at.outbox.problem(),
        passOn: (take) => own.outbox.passOn(take),
        close: (timeoutMs) => this.#close(timeoutMs),
      },
    };
  }

  /** The Questline that has taken over, once there is one. */
  get successor(): Questline | undefined {
    return this.#next?.front();
  }

  /** Tells of the Questline that has taken over, as soon as it is ready. */
  onGiven(tell: (newer: Questline) => void): void {
    void this.#given.promise.then(tell);
  }

  /** What a successor may be given: before anybody uses what was made. */
  stand(front: Questline): void {
    this.#front = front;
  }

  get #at(): OpenDelivery {
    return this.#next?.delivery ?? this.#parts.own;
  }

  async #ask<Result>(asking: (delivery: OpenDelivery) => Promise<Result>): Promise<Result> {
    await this.#next?.ready;
    return asking(this.#at);
  }

  /** Who waited as the file was given on waits there. */
  async #settled(asking: (delivery: OpenDelivery) => Promise<FiringEnd>): Promise<FiringEnd> {
    const asked = this.#at;
    const end = await this.#ask(asking);
    return end.status === "owed" && asked !== this.#at && this.#closing === undefined ? this.#settled(asking) : end;
  }

  #open(): Promise<void> {
    this.#ready ??= this.#openOwn();
    return this.#ready;
  }

  async #openOwn(): Promise<void> {
    const { app, file, own, logger } = this.#parts;
    if (file !== undefined) this.#place = enterFile<Successor>(file, app, { give: (next) => this.#give(next) });
    const before = this.#place?.before;
    if (before !== undefined) {
      logger.warn(
        { file },
        "A Questline of this process holds this file already, as after a hot reload: this one takes it over, with its rules.",
      );
      this.#before = before.give({
        delivery: this.delivery,
        ready: this.#whenReady(),
        front: () => this.#front as Questline,
      });
      await this.#before;
      // An even newer one may have come meanwhile.
      if (this.#next !== undefined) return this.#next.ready;
    }
    this.#isOpening = true;
    try {
      await own.outbox.open();
    } catch (error) {
      if (this.#next === undefined) throw error;
      await this.#next.ready;
    }
  }

  /** `ready`, for those who ask before `open` has returned it. */
  async #whenReady(): Promise<void> {
    await Promise.resolve();
    await this.#ready;
  }

  #give(next: Successor): Promise<void> {
    const { own } = this.#parts;
    if (this.#closing !== undefined) return settledOf(this.#closing);
    this.#next = next;
    next.ready.then(
      () => this.#given.resolve(next.front()),
      () => undefined,
    );
    own.outbox.passOn((firings, told) => next.delivery.outbox.take(firings, told));
    next.delivery.outbox.ended.listen((ended) => own.outbox.ended.emit(ended));
    next.delivery.outbox.tokenWanted.listen((wish) => own.outbox.tokenWanted.emit(wish));
    void next.delivery.lost.then((error) => this.#lost.resolve(error));
    this.#released = this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    await this.#before;
    if (this.#isOpening) await settledOf(this.#parts.own.outbox.close(GIVE_MS));
  }

  async #close(timeoutMs: number): Promise<Owed> {
    if (this.#next !== undefined) {
      // The file is the newer one's, which goes on.
      await this.#released;
      return this.#ask(({ outbox }) => outbox.owed());
    }
    this.#closing = this.#closeOwn(timeoutMs);
    return this.#closing;
  }

  async #closeOwn(timeoutMs: number): Promise<Owed> {
    try {
      await this.#before;
      return await this.#parts.own.outbox.close(timeoutMs);
    } finally {
      this.#place?.leave();
    }
  }
}

async function settledOf(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => undefined);
}
