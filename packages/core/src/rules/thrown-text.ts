/** What was thrown, short, on one line; safe for anything a game's function may throw. */
export function thrownText(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return text.replaceAll(/\s+/g, " ").slice(0, 200);
  } catch {
    return "something unprintable";
  }
}
