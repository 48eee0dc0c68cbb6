import "../runtime/supported-node.ts";
export { createSabotagedQuestline } from "../create-questline.ts";
export type { Sabotage } from "../delivery/sabotage.ts";
export type { Probe, ProbePoint } from "../runtime/probe.ts";
export { manualClock } from "../runtime/manual-clock.ts";
export type { ManualClock } from "../runtime/manual-clock.ts";
export { seededRandom } from "../runtime/random.ts";
export { probedSqliteStore, sabotagedMemoryStore } from "../store/probed-store.ts";
export type { StoreSabotage } from "../store/probed-store.ts";
