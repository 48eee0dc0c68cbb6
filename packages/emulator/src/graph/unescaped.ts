/** A segment of a path as it is meant: `a%40b` is `a@b`. What is no escape stays, and a slash stays escaped. */
export function unescaped(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    const plain = decodeURIComponent(segment);
    return plain.includes("/") ? segment : plain;
  } catch {
    return segment;
  }
}
