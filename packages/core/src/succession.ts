import type { FiringEnd } from "./delivery/settle-waiters.ts";
import { QuestlineError } from "./errors/questline-error.ts";
import type { Owed } from "./store/lane-records.ts";
import type { OpenDelivery } from "./open-delivery.ts";
import type { Questline } from "./questline.ts";
import type { Logger } from "./runtime/log.ts";
import { errorText } from "./secrets/error-text.ts";
import { enterFile } from "./same-file.ts";
import type { FilePlace } from "./same-file.ts";
import type { TokensGiven } from "./token-vault.ts";
import { askedVerbs } from "./store/remote-store.ts";

/** How long what is under way may still take before a file is given on, ms. */
const GIVE_MS = 1_000;

const TAKES_OVER =
  "A Questline of this process holds this file already, as after a hot reload: this one takes it over, with its rules.";
const DISPLACED =
  "The file was moved, deleted or replaced under the Questline that had it: what that one still owed stays in the lost file, and the newer one begins with what is at the path now.";
const NEWER_CLOSED = "The newer Questline that took this file over was closed.";

/** A newer Questline over the same file. */
export interface Successor {
  readonly delivery: OpenDelivery;
  readonly ready: Promise<void>;
  /** Complete as soon as whoever made it has it. */
  readonly front: () => Questline;
  /** The last of those who took the file over from each other: itself, or one after it. */
  readonly newest: () => Successor;
  /** What is owed as it closes; absent while nobody closes it, and where an even newer one has the file. */
  readonly closing: () => Promise<Owed> | undefined;
  /** Takes the tokens of whoever was before it; `giveTokens` is called again for those that came there meanwhile. */
  readonly follow: (giveTokens: () => void) => void;
  /** Wakes what waits for them, once it is ready. */
  readonly receive: (given: TokensGiven) => void;
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
 * everything asked here is asked of the newer one). Or *closed*, by `close`; then those before it are *orphaned*, until
 * somebody makes one more: the closed one gives it the file as any other would.
 */
export class Succession {
  /** Asks whoever has the file now. */
  readonly delivery: OpenDelivery;
  readonly #parts: SuccessionParts;
  readonly #self: Successor;
  readonly #given = Promise.withResolvers<Questline>();
  readonly #lost = Promise.withResolvers<QuestlineError>();
  readonly #opened = Promise.withResolvers<void>();
  #place: FilePlace<Successor> | undefined;
  #next: Successor | undefined;
  #front: Questline | undefined;
  #before: Promise<void> | undefined;
  readonly #older: (() => void)[] = [];
  /** What was under way, and may have needed tokens, has ended. */
  #hasLetGo = false;
  #isAsked = false;
  #isOpening = false;
  #isOpen = false;
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
        prefetch: (user) => this.#reach(({ outbox }) => outbox.prefetch(user)),
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
    this.#self = {
      delivery: this.delivery,
      ready: this.#opened.promise,
      front: () => this.#front as Questline,
      newest: () => this.#newest ?? this.#self,
      closing: () => this.#closing,
      follow: (giveTokens) => void this.#older.push(giveTokens),
      receive: (given) => this.#receive(given),
    };
  }

  /** The Questline that has the file now, once that is another one. */
  get successor(): Questline | undefined {
    return this.orphaned === undefined ? this.#newest?.front() : undefined;
  }

  /** Why nobody has the file, where a newer one had it last. */
  get orphaned(): string | undefined {
    return this.#newest?.closing() === undefined ? undefined : NEWER_CLOSED;
  }

  /** Players' tokens go to whoever has the file. */
  giveTokens(): void {
    for (const giveTokens of this.#older) giveTokens();
    if (this.#hasLetGo && this.#newest?.closing() === undefined) this.#newest?.receive(this.#parts.own.tokens.give());
  }

  get #newest(): Successor | undefined {
    return this.#next?.newest();
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
    const { orphaned } = this;
    if (orphaned !== undefined) throw new QuestlineError("closed", orphaned);
    return this.#reach(asking);
  }

  async #reach<Result>(asking: (delivery: OpenDelivery) => Promise<Result>): Promise<Result> {
    await this.#newest?.ready;
    return asking(this.#at);
  }

  /** Who waited as the file was given on waits there. */
  async #settled(asking: (delivery: OpenDelivery) => Promise<FiringEnd>): Promise<FiringEnd> {
    const asked = this.#at;
    const end = await this.#reach(asking);
    return end.status === "owed" && asked !== this.#at && this.#closing === undefined ? this.#settled(asking) : end;
  }

  #open(): Promise<void> {
    if (!this.#isAsked) this.#opened.resolve(this.#openOwn());
    this.#isAsked = true;
    return this.#opened.promise;
  }

  async #openOwn(): Promise<void> {
    const { app, file, own, logger } = this.#parts;
    if (file !== undefined)
      this.#place = enterFile<Successor>(file, app, {
        isClosed: () => this.#closing !== undefined,
        give: (next) => this.#give(next),
      });
    const before = this.#place?.before;
    if (before !== undefined) {
      if (!before.isClosed()) logger.warn({ file }, TAKES_OVER);
      this.#before = before.give(this.#self);
      await this.#before;
      // An even newer one may have come meanwhile.
      if (this.#next !== undefined) return this.#openThere();
    }
    this.#isOpening = true;
    try {
      await own.outbox.open();
      this.#isOpen = true;
    } catch (error) {
      if (this.#next === undefined) throw error;
      await this.#openThere();
    }
  }

  /** Whoever has the file has it open. */
  async #openThere(): Promise<void> {
    const asked = this.#newest;
    try {
      await asked?.ready;
    } catch (error) {
      if (asked === this.#newest) throw error;
      await this.#openThere();
    }
  }

  #give(next: Successor): Promise<void> {
    const { own } = this.#parts;
    this.#next = next;
    next.follow(() => this.giveTokens());
    const tell = (): void => this.#given.resolve(next.front());
    next.ready.then(tell, tell);
    own.outbox.passOn((firings, told) => next.delivery.outbox.take(firings, told));
    next.delivery.outbox.ended.listen((ended) => own.outbox.ended.emit(ended));
    next.delivery.outbox.tokenWanted.listen((wish) => own.outbox.tokenWanted.emit(wish));
    void next.delivery.lost.then((error) => this.#lost.resolve(error));
    this.#released = this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    await this.#before;
    if (this.#closing !== undefined) await settledOf(this.#closing);
    else if (this.#isOpen) await this.#tellIfDisplaced();
    if (this.#closing === undefined && this.#isOpening) await settledOf(this.#parts.own.outbox.close(GIVE_MS));
    this.#hasLetGo = true;
    this.giveTokens();
  }

  /** The newer one begins a store anew then, and what this one had is where nobody looks. */
  async #tellIfDisplaced(): Promise<void> {
    const { file, own, logger } = this.#parts;
    let isLost = false;
    void own.lost.then(() => (isLost = true));
    try {
      await own.store.stands();
    } catch (error) {
      if (isLost) return;
      const owed = await own.outbox.owed().catch(() => undefined);
      logger.error({ file, owed, error: errorText(error) }, DISPLACED);
    }
  }

  #receive(given: TokensGiven): void {
    this.#parts.own.tokens.receive(given);
    void this.#wake([...given.tokens.keys()]);
  }

  async #wake(users: readonly string[]): Promise<void> {
    const { app, logger } = this.#parts;
    // Where it is not opened, that is told elsewhere.
    if (!(await settledWell(this.#opened.promise))) return;
    try {
      await Promise.all(users.map((user) => this.delivery.outbox.wake(app, user)));
    } catch (error) {
      logger.warn(
        { error: errorText(error) },
        "What waits for players whose tokens were passed on could not be woken.",
      );
    }
  }

  async #close(timeoutMs: number): Promise<Owed> {
    const newest = this.#newest;
    if (newest !== undefined) {
      this.#place?.leave();
      // The file is the newer one's, which goes on.
      await this.#released;
      return this.#owedThere();
    }
    this.#closing = this.#closeOwn(timeoutMs);
    return this.#closing;
  }

  /** Of one that closes as well, as where a process ends, what it says as it has closed. */
  async #owedThere(): Promise<Owed> {
    const closing = (): Promise<Owed> | undefined => this.#newest?.closing();
    try {
      const owed = await (closing() ?? this.#ask(({ outbox }) => outbox.owed()));
      return await (closing() ?? owed);
    } catch (error) {
      const late = closing();
      if (late === undefined) throw error;
      return late;
    }
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

const settledWell = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

async function settledOf(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => undefined);
}
