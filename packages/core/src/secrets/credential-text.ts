const LONGEST = 4096;
const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * What is wrong with `value` as a token, nonce or app secret, as the end of a sentence; undefined if nothing is. Only
 * what holds for all of them is checked: formats and lengths of real tokens differ between accounts and have changed.
 */
export function credentialProblem(value: unknown): string | undefined {
  if (typeof value !== "string") return `must be text, not ${value === null ? "null" : typeof value}`;
  if (value.length === 0) return "is empty";
  if (value.length > LONGEST) return `has ${value.length} characters, more than ${LONGEST}`;
  if (!PRINTABLE.test(value)) return "holds white space, control characters or letters outside ASCII";
  return undefined;
}
