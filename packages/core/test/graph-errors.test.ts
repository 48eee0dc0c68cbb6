import { afterEach, beforeEach, expect, test } from "vitest";
import { failure } from "./failure.ts";
import { envelope, json, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import type { GraphError } from "../src/errors/graph-error.ts";
import { isGraphError } from "../src/errors/graph-error.ts";
import { createGraphClient, type GraphClient } from "../src/graph/graph-client.ts";
import { undiciTransport } from "../src/graph/undici-transport.ts";
import { manualClock } from "../src/runtime/manual-clock.ts";

let server: ScriptedServer;
let client: GraphClient;

beforeEach(async () => {
  server = await scriptedServer();
  // 2000-01-01 00:00:00 UTC.
  const clock = manualClock(946_684_800_000);
  const transport = undiciTransport({ baseUrl: server.url, clock, maxAnswerBytes: 10_000 });
  client = createGraphClient({ app: { id: "1", secret: "test-secret" }, transport, clock, baseUrl: server.url });
});
afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

const addBits = (): Promise<GraphError> =>
  failure(client.achievements.write({ userId: "42", apiName: "A", addBits: "1" }));
const readMe = (): Promise<GraphError> => failure(client.users.me("OCAplayer"));

test("every member of the envelope can be read, and the class, code and message say what it means", async () => {
  server.answer(json(envelope(100, { error_subcode: 33, fbtrace_id: "AbCdEf123", type: "GraphMethodException" }), 400));
  const error = await addBits();

  expect(error).toMatchObject({
    name: "NotFoundError",
    code: "not_found",
    operation: "achievements.write",
    status: 400,
    graphCode: 100,
    graphSubcode: 33,
    graphType: "GraphMethodException",
    traceId: "AbCdEf123",
    applied: "no",
    transient: false,
    retryable: false,
  });
  expect(error.message).toBe('achievements.write was refused (HTTP 400, Graph code 100/33): "refused for a test".');
  expect(isGraphError(error)).toBe(true);
});

test.each([
  ["an envelope in a 200", envelope(190), 200, "app_credentials", "user_token", "maybe"],
  ["code 190 in a 500", envelope(190), 500, "app_credentials", "user_token", "maybe"],
  ["code 190 in a 400", envelope(190), 400, "app_credentials", "user_token", "no"],
  ["a bare 401", "", 401, "app_credentials", "user_token", "maybe"],
  ["a bare 400", "", 400, "invalid_parameter", "invalid_parameter", "maybe"],
  ["a bare 403", "{}", 403, "permission", "permission", "maybe"],
  ["a bare 404", "Not found", 404, "not_found", "not_found", "maybe"],
  ["a bare 429", "", 429, "rate_limited", "rate_limited", "no"],
  ["a bare 500", "", 500, "platform_unavailable", "platform_unavailable", "maybe"],
  ["an envelope of text", { error: "broken" }, 400, "platform_error", "platform_error", "maybe"],
  ["an empty envelope", { error: {} }, 400, "platform_error", "platform_error", "maybe"],
  [
    "members of a wrong type",
    { error: { code: {}, message: 5, type: [] } },
    400,
    "platform_error",
    "platform_error",
    "maybe",
  ],
  ["a code as text", { error: { code: "190" } }, 400, "app_credentials", "user_token", "no"],
  [
    "a transient 400",
    envelope(100, { is_transient: true }),
    400,
    "platform_unavailable",
    "platform_unavailable",
    "maybe",
  ],
])("%s", async (_what, body, status, forApp, forUser, applied) => {
  server.answer(json(body, status));

  expect(await addBits()).toMatchObject({ code: forApp, status, applied });
  expect(await readMe()).toMatchObject({ code: forUser, status, applied: "no" });
});

test.each([
  ["HTML in a 200", "<!doctype html><title>Sign in</title>", 200, "text/html", "unreadable_answer", "maybe"],
  ["HTML in a 404", "<html>no such page</html>", 404, "text/html; charset=utf-8", "unreadable_answer", "maybe"],
  ["HTML in a 400 without a content type", " <html>", 400, "", "unreadable_answer", "maybe"],
  ["HTML in a 502", "<html>Bad gateway</html>", 502, "text/html", "platform_unavailable", "maybe"],
  ["HTML in a 429", "<html>Slow down</html>", 429, "text/html", "rate_limited", "no"],
  ["an empty 200", "", 200, "application/json", "unreadable_answer", "maybe"],
  [
    "a truncated body that HTTP took for whole",
    '{"id":"7","just_unl',
    200,
    "application/json",
    "unreadable_answer",
    "maybe",
  ],
  ["JSON of another shape", "[1,2]", 200, "application/json", "unreadable_answer", "maybe"],
  ["null", "null", 200, "application/json", "unreadable_answer", "maybe"],
  ["a good answer that says it is a picture", '{"just_unlocked":true}', 200, "image/png", "unreadable_answer", "maybe"],
  ["a redirect", "", 302, "", "unreadable_answer", "maybe"],
  ["a 204", "", 204, "", "unreadable_answer", "maybe"],
  [
    "an answer that is too large",
    `{"just_unlocked":true,"x":"${"x".repeat(10_000)}"}`,
    200,
    "application/json",
    "unreadable_answer",
    "maybe",
  ],
])("%s", async (_what, body, status, type, code, applied) => {
  server.answer((_request, response) => {
    response.writeHead(status, type === "" ? {} : { "content-type": type });
    response.end(body);
  });

  expect(await addBits()).toMatchObject({ code, status, applied, transient: true, retryable: applied === "no" });
});

test("JSON that calls itself script is taken: Graph hosts have said so", async () => {
  server.answer((_request, response) => {
    response.writeHead(200, { "content-type": "text/javascript; charset=UTF-8" });
    response.end('{"just_unlocked":true}');
  });

  expect(await client.achievements.write({ userId: "42", apiName: "A", addCount: 1 })).toEqual({
    apiName: "A",
    justUnlocked: true,
  });
});

test.each([
  ["3", 3_000],
  ["Sat, 01 Jan 2000 00:00:10 GMT", 10_000],
  ["whenever", undefined],
])("Retry-After %s orders a wait", async (header, waitMs) => {
  server.answer(json(envelope(17), 400, { "retry-after": header }));

  expect((await addBits()).retryAfterMs).toBe(waitMs);
});

test("what the caller asked for reaches the transport", async () => {
  const late = await failure(client.users.get("42", { notAfter: -1 }));
  const aborted = await failure(client.users.get("42", { signal: AbortSignal.abort() }));
  const timeless = await failure(client.users.get("42", { timeoutMs: 0 }));

  expect([late.code, aborted.code, timeless.code]).toEqual(["aborted", "aborted", "no_answer"]);
  expect(server.seen).toHaveLength(0);
});

test("a lost answer of what must not be repeated is ambiguous, says what to do and keeps what happened as its cause", async () => {
  server.answer(json(envelope(190), 500));
  const error = await failure(client.achievements.write({ userId: "42", apiName: "A", addCount: 1 }));

  expect(error).toMatchObject({
    name: "AmbiguousError",
    code: "ambiguous",
    applied: "maybe",
    transient: false,
    retryable: false,
    status: 500,
    graphCode: 190,
    traceId: "Atrace",
    cause: { code: "app_credentials", applied: "maybe" },
  });
  expect(error.message).toMatch(/was not sent again\. Read that achievement again/);

  server.answer(json(envelope(100), 400));
  expect(await failure(client.achievements.write({ userId: "42", apiName: "A", addCount: 1 }))).toMatchObject({
    code: "invalid_parameter",
    applied: "no",
  });
});
