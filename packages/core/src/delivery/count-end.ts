import type { Logger } from "../runtime/log.ts";
import type { Counters } from "./counters.ts";
import type { Ended } from "./ended.ts";

/** Counts a value that is final; says it where it was given up on, with the platform's words. */
export function countEnd({ key, record, detail }: Ended, counters: Counters, logger: Logger): void {
  if (record.how === "dead") {
    counters.dead += 1;
    const fields = { user: key.user, target: key.target.name, reason: record.reason, detail };
    logger.error(fields, "A result was given up on; it is kept as a dead letter.");
  } else if (record.how === "suppressed") counters.suppressed += 1;
  else counters.delivered += 1;
}
