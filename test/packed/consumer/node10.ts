import { createQuestline, memoryStore, oncePerMatch, simple } from "@questline/core";
import { manualClock } from "@questline/core/testing";
import { createWebhookHandler } from "@questline/core/webhooks";
import { createEmulator } from "@questline/emulator";

const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: memoryStore(),
  clock: manualClock(),
  achievements: { FIRST_WIN: simple() },
  events: { matchEnded: oncePerMatch<{ won: boolean }>() },
});
questline.match("m-1").report("42", "matchEnded", { won: true });
// @ts-expect-error a payload of another shape
questline.match("m-1").report("42", "matchEnded", { won: "yes" });
export const made: unknown[] = [createWebhookHandler, createEmulator];
