import { QuestlineError } from "../errors/questline-error.ts";
import { asUserId, shownValue, type UserId } from "../ids/ids.ts";
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
    refuse(`${operation}: userId must be the app-scoped user id as decimal text, not ${shownValue(value)}${hint}.`)
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

function textOf(value: unknown): unknown {
  if (typeof value === "string") return value;
  try {
    return reveal(value as Secret);
  } catch {
    return value;
  }
}
