import { writeSync } from "node:fs";
import type { Achievements, Events, Leaderboards, Match, Questline } from "@questline/core";
import { settings } from "./settings.ts";

const LEDGER_FD = 3;

/**
 * The same Questline, with every report told to the parent that keeps the demo's ledger: `planned` before it is
 * reported, `accepted` once its receipt says it is durable. The room does not know.
 */
export function withLedger<E extends Events, A extends Achievements, L extends Leaderboards>(
  questline: Questline<E, A, L>,
): Questline<E, A, L> {
  if (!settings.hasLedger) return questline;
  return new Proxy(questline, {
    get(target, name) {
      if (name === "match") return (id: string) => tapped(target.match(id));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function tapped<E extends Events>(match: Match<E>): Match<E> {
  return {
    id: match.id,
    report(user, event, payload, ...more) {
      const key = { match: match.id, user, event, id: more[0]?.id ?? "" };
      write({ type: "planned", ...key, payload });
      const receipt = match.report(user, event, payload, ...more);
      void receipt.durable.then((durable) => {
        if (durable.status === "refused") write({ type: "refused", ...key, reason: durable.reason });
        else write({ type: "accepted", ...key });
      });
      return receipt;
    },
  };
}

/** Synchronous: what was written is in the pipe, and survives this process, before the next line runs. */
function write(line: object): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  let written = 0;
  while (written < bytes.length) written += writeSync(LEDGER_FD, bytes, written);
}
