export { createSabotagedQuestline } from "../create-questline.ts";
export type { Sabotage } from "../delivery/outbox.ts";
export { manualClock } from "../runtime/manual-clock.ts";
export type { ManualClock } from "../runtime/manual-clock.ts";
export { seededRandom } from "../runtime/random.ts";
