import { createQuestline, each, memoryStore, simple, type Questline } from "@questline/core";

/** A Questline whose platform cannot be reached: good for looking at what is wrapped around one. */
export function inertQuestline(): Questline {
  return createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: memoryStore(),
    graph: { baseUrl: "http://127.0.0.1:1" },
    achievements: { FIRST_WIN: simple() },
    events: { matchEnded: each<object>() },
    rules: {},
  });
}
