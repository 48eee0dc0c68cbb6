import { QuestlineError } from "../errors/questline-error.ts";
import type { ErrorCode } from "../errors/questline-error.ts";
import { NotYet } from "./not-yet.ts";
import type { SetAside } from "./lane-records.ts";
import type { StoreVerb } from "./lane-store.ts";
import type { StoreSabotage } from "./store-sabotage.ts";
import type { FileOptions } from "./sqlite-file.ts";

/** What is asked of a thread, in batches; without an answer where the id is 0. */
export interface ThreadCall<Verb extends string> {
  readonly id: number;
  readonly verb: Verb;
  readonly args: readonly unknown[];
}

export type StoreCall = ThreadCall<StoreVerb>;

export type StoreAnswer = { readonly id: number; readonly ok: true; readonly result: unknown } | Refusal;

/** An error on its way from thread to thread. */
export interface Refusal {
  readonly id: number;
  readonly ok: false;
  readonly code: ErrorCode;
  readonly message: string;
  /** Present: the reason may pass (`NotYet`). */
  readonly notYet?: { readonly holder?: string | undefined };
}

export function refusalOf(id: number, error: QuestlineError): Refusal {
  const { code, message } = error;
  const notYet = error instanceof NotYet ? { notYet: { holder: error.holder } } : {};
  return { id, ok: false, code, message, ...notYet };
}

export function errorOf({ code, message, notYet }: Refusal): QuestlineError {
  return notYet === undefined ? new QuestlineError(code, message) : new NotYet(code, message, notYet);
}

/** What a thread says, in batches: answers, and what it was not asked for. */
export type ThreadAnswer<Event> = StoreAnswer | { readonly event: Event };

/** What a thread with nothing but a file says unasked. */
export interface StoreEvent {
  readonly setAside: readonly SetAside[];
}

/** What the worker starts with. */
export interface StoreFile extends FileOptions {
  readonly maxLanes: number;
}

/** A file, and what tests want done to the thread that opens it. */
export interface ThreadFile {
  readonly file: StoreFile;
  /** A module whose default export is told of each named instant. */
  readonly probeModule?: string;
  readonly sabotage?: StoreSabotage;
  /** The heap at which the thread ends, MiB; absent: as Node decides. */
  readonly memoryMb?: number;
}
