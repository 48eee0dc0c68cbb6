import type { LifePlan } from "../wire.ts";

/** What the parent decided for this process; its threads inherit it. */
export function readLife(): LifePlan {
  const text = process.env["CHAOS_LIFE"];
  if (text === undefined)
    throw new Error("a game process is started by the chaos run, with CHAOS_LIFE in its environment");
  return JSON.parse(text) as LifePlan;
}
