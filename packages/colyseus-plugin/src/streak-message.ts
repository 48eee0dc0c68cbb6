/** Calls or answers, in batches; nothing of a message that somebody else posted to the same port, as `node --watch` does. */
export function saidIn<Said extends { readonly id: number }>(message: unknown): readonly Said[] {
  return Array.isArray(message) && message.every(isNumbered) ? message : [];
}

const isNumbered = (said: unknown): boolean => typeof said === "object" && said !== null && "id" in said;
