import { QuestlineError } from "../errors/questline-error.ts";
import { asUserId, shownId, shownValue, type UserId } from "../ids/ids.ts";
import { credentialProblem } from "../secrets/credential-text.ts";
import { reveal, secret, type Secret } from "../secrets/secret.ts";

const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);
const LONGEST_NAME = 255;
const LARGEST_EXTRA_BYTES = 2048;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const refuse = (message: string): never => {
  throw new QuestlineError("bad_input", message);
};

/** The one object argument of a call. */
export function checkRequest(value: unknown, operation: string): void {
  if (typeof value !== "object" || value === null) refuse(`${operation} takes an object, not ${shownValue(value)}.`);
}

export function checkUserId(value: unknown, operation: string): UserId {
  const hint = typeof value === "number" ? " (a JS number may have lost digits: keep ids as text)" : "";
  return (
    asUserId(value) ??
    refuse(`${operation}: userId must be the app-scoped user id as decimal text, not ${shownId(value)}${hint}.`)
  );
}

/** An achievement's or leaderboard's API name. */
export function checkName(value: unknown, operation: string): string {
  const fits =
    typeof value === "string" &&
    value !== "" &&
    value.length <= LONGEST_NAME &&
    value.isWellFormed() &&
    !/[\p{Cc}]/u.test(value);
  if (!fits) refuse(`${operation}: apiName must be the API name from the dashboard, not ${shownValue(value)}.`);
  return value as string;
}

/** A score: whole, within signed 64 bits. */
export function checkScore(value: unknown, operation: string): bigint {
  const score = checkWhole(value, `${operation}: score`);
  if (score < SMALLEST || score > LARGEST) refuse(`${operation}: score ${score} is outside signed 64 bits.`);
  return score;
}

/** An amount to add: whole, at least 1, within signed 64 bits. */
export function checkAmount(value: unknown, operation: string): bigint {
  const amount = checkWhole(value, `${operation}: addCount`);
  if (amount < 1n) refuse(`${operation}: addCount must be at least 1, not ${amount}; counters never go down.`);
  if (amount > LARGEST) refuse(`${operation}: addCount ${amount} is outside signed 64 bits.`);
  return amount;
}

/** A whole number within bounds, as text. `what` names it, such as `days`. */
export function checkNumber(
  value: unknown,
  what: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): string {
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) {
    const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`;
    refuse(`${what} must be a whole number from ${least}${upTo}, not ${shownValue(value)}.`);
  }
  return String(value);
}

/** Text that is not empty: a SKU, a title, a persistent id. */
export function checkText(value: unknown, what: string, longest = 1000): string {
  const fits = typeof value === "string" && value !== "" && value.length <= longest && value.isWellFormed();
  if (!fits) refuse(`${what} must be text of 1 to ${longest} characters, not ${shownValue(value)}.`);
  return value as string;
}

/** An id of anything, as it goes into a path: decimal text. */
export function checkId(value: unknown, what: string): string {
  return asUserId(value) ?? refuse(`${what} must be an id as decimal text, not ${shownId(value)}.`);
}

/** An id that need not be decimal, as it goes into a path: letters, digits, `_` and `-`. */
export function checkHandle(value: unknown, what: string): string {
  const fits = typeof value === "string" && /^[\w-]{1,255}$/.test(value);
  return fits ? value : refuse(`${what} must be an id of letters, digits, _ and -, not ${shownId(value)}.`);
}

/** One of the keys of `words`, in the platform's words. */
export function checkWord(value: unknown, what: string, words: Readonly<Record<string, string>>): string {
  const word = typeof value === "string" && Object.hasOwn(words, value) ? words[value] : undefined;
  return word ?? refuse(`${what} must be one of ${Object.keys(words).join(", ")}, not ${shownValue(value)}.`);
}

/** Exactly one of two members; the compiler knows, plain JavaScript does not. */
export function checkEither(request: object, names: readonly [string, string], operation: string): void {
  checkRequest(request, operation);
  const given = names.filter((name) => (request as Record<string, unknown>)[name] !== undefined);
  if (given.length !== 1) refuse(`${operation}: give either ${names[0]} or ${names[1]}, and not both.`);
}

/** A user token where one is given. */
export function userTokenOf(value: string | Secret | undefined, operation: string): Secret | undefined {
  return value === undefined ? undefined : checkCredential(value, `${operation}: userToken`, "user-token");
}

/** Unix seconds of a Date. */
export function checkTime(value: unknown, what: string): string {
  const ms = value instanceof Object && "getTime" in value ? (value as { getTime(): number }).getTime() : Number.NaN;
  if (!Number.isFinite(ms)) refuse(`${what} must be a Date, not ${shownValue(value)}.`);
  return String(Math.floor(ms / 1000));
}

function checkWhole(value: unknown, what: string): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number") return refuse(`${what} must be a number or bigint, not ${shownValue(value)}.`);
  if (!Number.isInteger(value)) return refuse(`${what} must be a whole number, not ${value}.`);
  if (!Number.isSafeInteger(value))
    return refuse(`${what} ${value} is beyond 2^53 − 1 and has lost digits: give a bigint.`);
  return BigInt(value);
}

/** Bits as the platform writes them: position i is bit i, from the left. */
export function checkBits(value: unknown, operation: string): string {
  if (typeof value !== "string" || !/^[01]{1,4096}$/.test(value)) {
    refuse(`${operation}: addBits must be text of 0 and 1, one per bit, not ${shownValue(value)}.`);
  }
  return value as string;
}

/** Extra data of a score as standard base64, at most 2048 bytes before encoding. */
export function checkExtraData(value: unknown, operation: string): string {
  const isBytes = value instanceof Uint8Array;
  if (!isBytes && (typeof value !== "string" || !BASE64.test(value))) {
    return refuse(`${operation}: extraData must be a Uint8Array or standard base64 text.`);
  }
  const base64 = isBytes ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") : value;
  const bytes = isBytes ? value.byteLength : Buffer.byteLength(base64, "base64");
  if (bytes > LARGEST_EXTRA_BYTES) {
    refuse(`${operation}: extraData has ${bytes} bytes; the platform takes at most ${LARGEST_EXTRA_BYTES}.`);
  }
  return base64;
}

/** A token or nonce as text or secret; `what` names it in the message, which never shows it. */
export function checkCredential(value: unknown, what: string, kind: string): Secret {
  const text = textOf(value);
  const problem = credentialProblem(text);
  if (problem !== undefined) refuse(`${what} ${problem}.`);
  return typeof value === "string" ? secret(kind, value) : (value as Secret);
}

/** An attestation token; far longer than others. */
export function checkAttestationToken(value: unknown, what: string): Secret {
  const text = textOf(value);
  if (typeof text !== "string" || !/^[\x21-\x7e]{1,50000}$/.test(text)) {
    refuse(`${what} must be printable ASCII text of 1 to 50000 characters without spaces.`);
  }
  return typeof value === "string" ? secret("attestation-token", value) : (value as Secret);
}

/** A federated user's display name: 3 to 30 characters of any kind. */
export function checkDisplayName(value: unknown, what: string): string {
  const name = checkText(value, what);
  const length = [...name].length;
  if (length < 3 || length > 30) refuse(`${what} must have 3 to 30 characters, not ${length}.`);
  return name;
}

function textOf(value: unknown): unknown {
  if (typeof value === "string") return value;
  try {
    return reveal(value as Secret);
  } catch {
    return value;
  }
}
