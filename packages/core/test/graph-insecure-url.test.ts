import { expect, test } from "vitest";
import { createGraphClient, createQuestline, memoryStore, silentLogger, undiciTransport } from "../src/index.ts";
import type { GraphTransport } from "../src/graph/transport.ts";

const app = { id: "1", secret: "test-secret" };
const INSECURE = "http://platform.invalid:8080";
const game = (graph: object) =>
  createQuestline({
    app,
    store: memoryStore(),
    events: {},
    achievements: {},
    logger: silentLogger,
    graph,
  });
const custom = (baseUrl?: string): GraphTransport => ({
  ...(baseUrl === undefined ? {} : { baseUrl }),
  send: () => Promise.reject(new Error("not sent")),
  close: async () => {},
});

const refusal: unknown = expect.objectContaining({
  code: "bad_input",
  message: expect.stringMatching(/platform\.invalid:8080/),
});

test("the app secret does not leave unencrypted: every factory refuses at once", () => {
  expect(() => game({ baseUrl: INSECURE })).toThrow(refusal);
  expect(() => createGraphClient({ app, baseUrl: INSECURE })).toThrow(refusal);
  expect(() => createGraphClient({ app, baseUrl: INSECURE, transport: custom() })).toThrow(refusal);
  expect(() => undiciTransport({ baseUrl: INSECURE })).toThrow(refusal);
});

test("who says so may send it anyway", async () => {
  const allowed = { baseUrl: INSECURE, allowInsecureBaseUrl: true };
  const transport = undiciTransport(allowed);
  expect(transport.baseUrl).toBe(INSECURE);
  await Promise.all([
    game(allowed).close(),
    createGraphClient({ app, ...allowed }).close(),
    createGraphClient({ app, ...allowed, transport: custom() }).close(),
    createGraphClient({ app, transport }).close(),
  ]);
});

test("an option that is undefined is one that was not given", async () => {
  const given = { baseUrl: undefined, timeoutMs: undefined } as unknown as { baseUrl: string };
  const transport = undiciTransport(given);
  expect(transport.baseUrl).toBe("https://graph.oculus.com");
  await transport.close();
});
