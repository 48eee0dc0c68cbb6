// A program that has nothing left but a close under way: the platform is down, and a result waits for its retry.
import { createQuestline, memoryStore, oncePerMatch, silentLogger, simple } from "@questline/core";

const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: memoryStore(),
  graph: { baseUrl: "http://127.0.0.1:1" },
  logger: silentLogger,
  achievements: { FIRST_WIN: simple() },
  events: { matchEnded: oncePerMatch() },
  rules: { matchEnded: ({ unlock }) => [unlock("FIRST_WIN")] },
});
await questline.match("m-1").report("80000000000000001", "matchEnded", {}).durable;
console.log(JSON.stringify(await questline.close({ timeoutMs: 300 })));
