import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import type { Firing } from "./lane-store.ts";

/** Refuses a firing that could not be kept or read back; throws `bad_input`. */
export function checkFiring(firing: Firing): void {
  const { app, user, target } = firing.key;
  checkPart("app", app);
  checkPart("user", user);
  checkPart("target's name", target.name);
  const expected = target.type === "achievement" ? "achievement" : "score";
  if (firing.value.type !== expected) {
    throw new QuestlineError(
      "bad_input",
      `The lane of ${target.type} ${shownValue(target.name)} takes a value of type ${expected}, not ${shownValue(firing.value.type)}.`,
    );
  }
  checkTime("at", firing.at);
  checkTime("dueAt", firing.dueAt);
}

function checkPart(what: string, text: string): void {
  if (text !== "" && !text.includes("\n")) return;
  throw new QuestlineError(
    "bad_input",
    `A lane's ${what} must be non-empty text on one line, not ${shownValue(text)}.`,
  );
}

function checkTime(what: string, ms: number): void {
  if (Number.isSafeInteger(ms)) return;
  throw new QuestlineError("bad_input", `A firing's ${what} must be wall time in whole ms, not ${shownValue(ms)}.`);
}
