import type { ErrorCode } from "../errors/questline-error.ts";
import type { StoreVerb } from "./lane-store.ts";
import type { FileOptions } from "./sqlite-file.ts";

/** What travels between a store and its worker thread, in batches both ways. */
export interface StoreCall {
  readonly id: number;
  readonly verb: StoreVerb;
  readonly args: readonly unknown[];
}

export type StoreAnswer =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** What the worker starts with. */
export interface StoreFile extends FileOptions {
  readonly maxLanes: number;
}
