import type { StreakAnswer, StreakCall } from "./streak-file.ts";
import type { StreakLengths, StreakStore } from "./streak-store.ts";
import { startStreakThread, type StreakThread } from "./streak-thread.ts";

type Unnumbered<C> = C extends StreakCall ? Omit<C, "id"> : never;

/**
 * Streaks in a SQLite file, written by a worker thread (Node's own SQLite; nothing to install). Its directory must exist,
 * on a local disk. Give it a file of its own. A match is remembered for seven days.
 *
 * @throws TypeError for a path that is none.
 */
export function sqliteStreaks(path: string): StreakStore {
  if (typeof path !== "string" || path.trim() === "" || path.startsWith(":memory:"))
    throw new TypeError(
      "sqliteStreaks needs the path of a file. For streaks that end with the process use memoryStreaks().",
    );
  const connection = new Connection(path);
  return {
    read: (userId) => connection.ask({ verb: "read", userId }),
    record: (userId, matchId, hits) => connection.ask({ verb: "record", userId, matchId, hits }),
    forget: (userId) => connection.ask({ verb: "forget", userId }),
    close: () => connection.close(),
  };
}

/** *idle* until the first call; then a thread, which keeps the process alive only while calls are unanswered; *ended* for good. */
class Connection {
  readonly #path: string;
  readonly #asked = new Map<number, PromiseWithResolvers<StreakLengths>>();
  #thread: StreakThread | undefined;
  #ended: string | undefined;
  #calls = 0;

  constructor(path: string) {
    this.#path = path;
  }

  ask(call: Unnumbered<StreakCall>): Promise<StreakLengths> {
    if (this.#ended !== undefined) return Promise.reject(new Error(this.#ended));
    const thread = (this.#thread ??= this.#start());
    const id = ++this.#calls;
    const answer = Promise.withResolvers<StreakLengths>();
    if (this.#asked.size === 0) thread.ref();
    this.#asked.set(id, answer);
    thread.post({ ...call, id });
    return answer.promise;
  }

  /** Calls made before are answered first. */
  async close(): Promise<void> {
    const thread = this.#thread;
    const closed = thread && this.#ended === undefined ? this.ask({ verb: "close" }) : undefined;
    this.#ended ??= "The streaks are closed.";
    // A file that cannot be used was told to whoever asked for something.
    await closed?.catch(() => {});
    await thread?.terminate();
  }

  #start(): StreakThread {
    return startStreakThread(this.#path, {
      onAnswers: (answers) => this.#receive(answers),
      onEnd: (words) => this.#end(words),
    });
  }

  #receive(answers: readonly StreakAnswer[]): void {
    for (const answer of answers) {
      const asked = this.#asked.get(answer.id);
      this.#asked.delete(answer.id);
      if ("error" in answer) asked?.reject(new Error(answer.error));
      else asked?.resolve(answer.lengths);
    }
    if (this.#asked.size === 0) this.#thread?.unref();
  }

  #end(words: string): void {
    this.#ended ??= `The streaks' worker thread failed: ${words}. Restart the process.`;
    for (const { reject } of this.#asked.values()) reject(new Error(this.#ended));
    this.#asked.clear();
  }
}
