import { expect, test } from "vitest";
import { directTransport } from "./direct-transport.ts";
import { retrying } from "./retrying.ts";
import { withTimeLimit } from "./time-limit.ts";
import type { GraphRequest, GraphResponse, GraphTransport } from "./transport.ts";
import { AbortedError, NoAnswerError } from "../errors/unanswered-errors.ts";
import { manualClock } from "../runtime/manual-clock.ts";
import { secret } from "../secrets/secret.ts";

const read: GraphRequest = {
  operation: "users.get",
  method: "GET",
  path: "/42",
  params: {},
  token: secret("app-token", "OC|1|test-secret"),
  kind: "read",
};
const write: GraphRequest = { ...read, operation: "users.validateNonce", method: "POST", kind: "write" };

const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}): GraphResponse => ({
  status,
  headers,
  body: JSON.stringify(body),
});
const good = answer(200, { id: "42" });
const reset = new NoAnswerError("reset", { operation: "x", applied: "no", transient: true, retryable: true });

/** Chance that always takes half of the bound. */
const half = { next: () => 0.5, hex: () => "" };

/** Gives the scripted ends one after the other, the last one for ever. */
function scripted(...ends: readonly (GraphResponse | Error)[]): GraphTransport & { readonly sent: () => number } {
  let sent = 0;
  return {
    sent: () => sent,
    async send() {
      const end = ends[Math.min(sent, ends.length - 1)];
      sent += 1;
      if (end === undefined || end instanceof Error) throw end ?? new Error("no script");
      return end;
    },
    close: async () => {},
  };
}

test.each([
  ["a lost answer", reset],
  ["HTTP 500", answer(500)],
  ["HTTP 429", answer(429)],
  ["code 4 in a 400", answer(400, { error: { code: 4 } })],
  ["a transient envelope", answer(400, { error: { code: 100, is_transient: true } })],
])("a read is sent again after %s, with a wait between", async (_what, bad) => {
  const clock = manualClock();
  const inner = scripted(bad, bad, good);
  const sent = retrying(inner, { clock, random: half }).send(read);

  await clock.advance(99);
  expect(inner.sent()).toBe(1);
  await clock.advance(1);
  expect(inner.sent()).toBe(2);
  await clock.advance(200);
  expect(await sent).toBe(good);
  expect(inner.sent()).toBe(3);
});

test.each([
  ["code 190", answer(400, { error: { code: 190 } })],
  ["code 190 in a 500", answer(500, { error: { code: 190 } })],
  ["HTTP 404", answer(404)],
  ["a good answer", good],
])("a read is not sent again after %s", async (_what, end) => {
  const inner = scripted(end);
  const clock = manualClock();

  expect(await retrying(inner, { clock, random: half }).send(read)).toBe(end);
  expect(inner.sent()).toBe(1);
});

test("the tries are bounded, and the last end is given", async () => {
  const clock = manualClock();
  const inner = scripted(reset);
  const sent = retrying(inner, { clock, random: half, tries: 4 })
    .send(read)
    .catch((error: unknown) => error);
  await clock.advance(60_000);

  expect(await sent).toBe(reset);
  expect(inner.sent()).toBe(4);
});

test("writes are never sent again", async () => {
  const inner = scripted(reset);
  const transport = retrying(inner, { clock: manualClock(), random: half });

  await expect(transport.send(write)).rejects.toBe(reset);
  expect(inner.sent()).toBe(1);
});

test("an ordered wait is obeyed, and one that is too long ends the tries", async () => {
  const clock = manualClock();
  const inner = scripted(answer(429, {}, { "retry-after": "2" }), good);
  const sent = retrying(inner, { clock, random: half }).send(read);
  await clock.advance(1_999);
  expect(inner.sent()).toBe(1);
  await clock.advance(1);
  expect(await sent).toBe(good);

  const long = answer(429, {}, { "retry-after": "3600" });
  expect(await retrying(scripted(long), { clock, random: half }).send(read)).toBe(long);
});

test("the caller can abort the wait", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const sent = retrying(scripted(reset), { clock, random: half }).send(read, controller.signal);
  await clock.advance(0);
  controller.abort();

  await expect(sent).rejects.toMatchObject({ name: "AbortedError", code: "aborted", applied: "no" });
  expect(clock.waiting).toBe(0);
});

/** Never answers; rejects as a transport does when its signal aborts. */
const silent: GraphTransport = {
  send: (request, signal) =>
    new Promise((_resolve, reject) => {
      const facts = { operation: request.operation, applied: "maybe", transient: true, retryable: false } as const;
      signal?.addEventListener("abort", () => reject(new AbortedError("aborted", facts)));
    }),
  close: async () => {},
};

test("a time limit ends what takes longer, and says whether it may have been applied", async () => {
  const clock = manualClock();
  const sent = withTimeLimit(silent, { clock, timeoutMs: 1_000 })
    .send(write)
    .catch((error: unknown) => error);
  await clock.advance(1_000);

  expect(await sent).toMatchObject({ code: "no_answer", applied: "maybe", retryable: false });
});

test("an abort by the caller stays an abort under a time limit", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const sent = withTimeLimit(silent, { clock, timeoutMs: 1_000 }).send(write, controller.signal);
  controller.abort();

  await expect(sent).rejects.toMatchObject({ code: "aborted" });
  expect(clock.waiting).toBe(0);
});

test("for direct calls the time limit covers all tries and waits", async () => {
  const clock = manualClock();
  const inner = scripted(answer(500));
  const options = { clock, random: half, tries: 1_000, capMs: 1_000, totalMs: 5_000 };
  const sent = directTransport(inner, options)
    .send(read)
    .catch((error: unknown) => error);
  await clock.advance(5_000);

  expect(await sent).toMatchObject({ code: "no_answer", message: "users.get got no answer within 5000 ms in total." });
  const tries = inner.sent();
  await clock.advance(60_000);
  expect(inner.sent()).toBe(tries);
});

test("a replay-safe write is repeated, also where it may have taken effect; any other write never", async () => {
  const clock = manualClock();
  const maybe = new NoAnswerError("reset", { operation: "x", applied: "maybe", transient: true, retryable: false });
  const safe = scripted(maybe, answer(500), good);
  const sent = retrying(safe, { clock, random: half }).send({ ...write, replaySafe: true });
  await clock.advance(10_000);
  expect(await sent).toBe(good);
  expect(safe.sent()).toBe(3);

  const other = scripted(maybe, good);
  await expect(retrying(other, { clock, random: half }).send(write)).rejects.toBe(maybe);
  expect(other.sent()).toBe(1);
});
