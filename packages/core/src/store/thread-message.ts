/**
 * What two threads of ours say to each other in one message: calls, answers and events. Nothing of a message that somebody
 * else posted to the same port, as `node --watch` and what a process preloads do.
 */
export function saidIn<Said extends object>(message: unknown): readonly Said[] {
  return Array.isArray(message) && message.every(isOurs) ? message : [];
}

const isOurs = (said: unknown): boolean =>
  typeof said === "object" && said !== null && ("id" in said || "event" in said);
