import { effectiveDue, idleSince, stateOf } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import { NEVER } from "./sqlite-schema.ts";

/** What a lane of a file is read with. Its due time comes as text, since a damaged one may be anything. */
export const FOUND = "lane, id, state, CAST(due AS TEXT) AS due_text, row";

/** What a lane of a file is found by: it follows from its row. */
export interface LaneColumns {
  readonly state: string;
  readonly due: number | null;
  readonly idle: number | null;
}

export function columnsOf(row: LaneRow): LaneColumns {
  const state = stateOf(row);
  return { state, due: effectiveDue(row) ?? (state === "idle" ? null : NEVER), idle: idleSince(row) ?? null };
}

/** Whether what was found under other columns than its row's. */
export function isMisplaced({ state, due_text: due }: Record<string, unknown>, row: LaneRow): boolean {
  const columns = columnsOf(row);
  return state !== columns.state || due !== (columns.due === null ? null : String(columns.due));
}
