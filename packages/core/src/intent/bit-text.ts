/**
 * A mask as the platform's text of `length` characters: position 0 is the leftmost one, and bit i of the number.
 * Throws a RangeError for a mask that does not fit; intents are checked before they get here.
 */
export function bitText(mask: bigint, length: number): string {
  if (mask < 0n || mask >> BigInt(length) !== 0n) {
    throw new RangeError(`Bits beyond position ${length - 1} do not fit a text of ${length} characters.`);
  }
  if (length === 0) return "";
  return Array.from(mask.toString(2).padStart(length, "0")).toReversed().join("");
}

/** Reads what `bitText` wrote, or undefined unless the text is all `0` and `1`. */
export function bitMask(text: string): bigint | undefined {
  if (!/^[01]*$/.test(text)) return undefined;
  return BigInt(`0b0${Array.from(text).toReversed().join("")}`);
}
