import { QuestlineError } from "../errors/questline-error.ts";

/** What a verb says before `open` and after `close`. */
export function notOpen(state: "new" | "closed"): QuestlineError {
  return state === "new"
    ? new QuestlineError("bad_input", "The lane store is not open yet: call open() first.")
    : new QuestlineError("closed", "The lane store is closed.");
}
