import { appendFileSync } from "node:fs";
import type { ProbePoint } from "../../src/runtime/probe.ts";

const file = new URL(import.meta.url).searchParams.get("file");

/** Writes each point to the file that the module's address names. */
export default function probe(point: ProbePoint): void {
  if (file !== null) appendFileSync(file, `${point}\n`);
}
