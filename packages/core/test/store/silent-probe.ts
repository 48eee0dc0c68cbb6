import type { ProbePoint } from "../../src/runtime/probe.ts";

export default function probe(_point: ProbePoint): void {}
