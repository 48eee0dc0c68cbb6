import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import { LARGEST_COUNT } from "../intent/lane-value.ts";

const LONGEST_NAME = 100;
const LONGEST_BITFIELD = 1024;

type Fields = Readonly<Record<string, unknown>>;

/** Refuses a catalogue that plain JavaScript, or a cast, got past the compiler. Throws `bad_input`. */
export function checkCatalogue(parts: {
  readonly events: unknown;
  readonly achievements: unknown;
  readonly leaderboards?: unknown;
}): void {
  checkAll(parts.events, "events", "Event", "oncePerMatch() or each()", checkEvent);
  checkAll(parts.achievements, "achievements", "Achievement", "simple(), count() or bitfield()", checkAchievement);
  if (parts.leaderboards !== undefined)
    checkAll(parts.leaderboards, "leaderboards", "Leaderboard", "board()", checkBoard);
}

/** Why a name cannot be used, or undefined. Names travel in keys and log lines, hence no control characters. */
export function nameProblem(name: string, longest: number = LONGEST_NAME): string | undefined {
  if (name.trim() === "") return "is empty";
  if (name.length > longest) return `has ${name.length} characters; at most ${longest} are allowed`;
  return /\p{Cc}|[\u2028\u2029]|\p{Surrogate}/u.test(name) ? "holds a line break or control character" : undefined;
}

function checkAll(
  record: unknown,
  place: string,
  what: string,
  makers: string,
  check: (definition: Fields, where: string) => void,
): void {
  if (!isObject(record))
    throw refused(`\`${place}\` must be an object of definitions by name, not ${shownValue(record)}.`);
  for (const [name, definition] of Object.entries(record)) {
    const where = `${what} ${shownValue(name)}`;
    const problem = nameProblem(name);
    if (problem !== undefined) throw refused(`${where}: the name ${problem}.`);
    if (!isObject(definition)) throw refused(`${where} must be made with ${makers}, not be ${shownValue(definition)}.`);
    check(definition, where);
  }
}

function checkEvent({ occurs, schema }: Fields, where: string): void {
  if (occurs !== "once-per-match" && occurs !== "each") {
    throw refused(`${where}: \`occurs\` is ${shownValue(occurs)}; make the event with oncePerMatch() or each().`);
  }
  if (schema === undefined) return;
  const standard: unknown = isSchemaLike(schema) ? schema["~standard"] : undefined;
  if (!isObject(standard) || typeof standard["validate"] !== "function") {
    throw refused(`${where}: the schema does not speak Standard Schema v1; pass a zod, valibot or arktype schema.`);
  }
}

function checkAchievement(definition: Fields, where: string): void {
  const { type, target, length, policy } = definition;
  checkChoice(policy, ["server", "client"], "policy", where, "optional");
  if (type === "simple") return;
  if (type === "count") {
    checkWhole(target, LARGEST_COUNT, "the target", where);
    const { continueAfterUnlock: goesOn } = definition;
    if (goesOn !== undefined && typeof goesOn !== "boolean") {
      throw refused(`${where}: \`continueAfterUnlock\` is ${shownValue(goesOn)}; it must be true or false.`);
    }
    return;
  }
  if (type !== "bitfield") {
    throw refused(`${where}: the type is ${shownValue(type)}; make it with simple(), count() or bitfield().`);
  }
  checkWhole(length, BigInt(LONGEST_BITFIELD), "the length", where);
  checkWhole(target, BigInt(length as number), "the target", where, "the number of its bits");
}

function checkBoard({ sort, writes, negativeScores }: Fields, where: string): void {
  checkChoice(sort, ["higher-is-better", "lower-is-better"], "sort", where);
  checkChoice(writes, ["server", "client"], "writes", where);
  if (negativeScores !== undefined && typeof negativeScores !== "boolean") {
    throw refused(`${where}: \`negativeScores\` is ${shownValue(negativeScores)}; it must be true or false.`);
  }
}

function checkChoice(
  value: unknown,
  choices: readonly string[],
  field: string,
  where: string,
  need?: "optional",
): void {
  if (value === undefined && need === "optional") return;
  if (typeof value === "string" && choices.includes(value)) return;
  const wanted = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  throw refused(`${where}: \`${field}\` is ${shownValue(value)}; it must be ${wanted}.`);
}

function checkWhole(value: unknown, most: bigint, what: string, where: string, meaning?: string): void {
  const whole = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
  if (whole && value >= 1 && value <= most) return;
  const inexact = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  const advice = inexact ? " Numbers this large are not exact: pass a bigint." : "";
  const limit = meaning === undefined ? String(most) : `${most}, ${meaning}`;
  throw refused(`${where}: ${what} is ${shownValue(value)}; it must be a whole number from 1 to ${limit}.${advice}`);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Some libraries' schemas are functions with properties. */
function isSchemaLike(value: unknown): value is Fields {
  return isObject(value) || typeof value === "function";
}

function refused(message: string): QuestlineError {
  return new QuestlineError("bad_input", message);
}
