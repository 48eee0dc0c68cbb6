import { createGraphClient, operations, undiciTransport, type GraphClient, type OperationName } from "@questline/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainResult, revived } from "./contract/plain-values.ts";
import { recordingServer, type RecordingServer } from "./contract/recording-server.ts";
import { answerText, app, federatedApp, tokenOf, vectors, type Vector } from "./contract/vectors.ts";

let server: RecordingServer;
let client: GraphClient;

beforeAll(async () => {
  server = await recordingServer();
  const transport = undiciTransport({ baseUrl: server.url });
  client = createGraphClient({ app, federatedApp, transport, baseUrl: server.url });
});
afterAll(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

/** Calls the verb that the vector names. */
async function made({ call, args }: Vector): Promise<unknown> {
  const [noun = "", verb = ""] = call.split(".");
  const calls = client[noun as keyof GraphClient] as unknown as Record<string, (...args: unknown[]) => unknown>;
  return plainResult(calls[verb]?.(...(revived(args) as unknown[])));
}

describe.each(vectors)("$call, $name ($file)", (vector) => {
  const { request, answer, reads, throws } = vector;

  test("is sent as the vector says and read as it means", async () => {
    server.answer(answer.status, answerText(vector));
    const sent = made(vector);
    if (throws === undefined) expect(await sent).toEqual(reads);
    else await expect(sent).rejects.toMatchObject(throws);

    expect(server.asked).toHaveLength(1);
    const [asked] = server.asked;
    const token = tokenOf(vector);
    const isInQuery = request.tokenIn === "query";
    expect({
      method: asked?.method,
      path: asked?.path,
      token: isInQuery ? asked?.query["access_token"] : asked?.authorization,
      query: asked?.query,
      contentType: asked?.contentType,
      form: Object.fromEntries(new URLSearchParams(asked?.body)),
    }).toEqual({
      method: request.method,
      path: request.path,
      token: isInQuery ? token : `Bearer ${token}`,
      query: { ...request.query, ...(isInQuery ? { access_token: token } : {}) },
      contentType: request.form === undefined ? undefined : "application/x-www-form-urlencoded",
      form: request.form ?? {},
    });
  });

  test("fits the table of operations in method, path and token", () => {
    const operation = operations[vector.call as OperationName];
    const [method, template = ""] = operation.request.split(" ");
    const path = new RegExp(
      `^${template
        .replaceAll("{app_id}", "1")
        .replaceAll("{federated_app_id}", "2")
        .replace(/\{\w+\}/g, "[\\w-]+")}$`,
    );
    const tokens = operation.token === "app-or-user" ? ["app", "user"] : [operation.token];
    expect(request.method).toBe(method);
    expect(request.path).toMatch(path);
    expect(tokens).toContain(request.token);
  });
});

test("every call has vectors, and one of them is answered", () => {
  const answered = new Set(vectors.filter(({ throws }) => throws === undefined).map(({ call }) => call));
  expect([...answered].toSorted()).toEqual(Object.keys(operations).toSorted());
});

test("every call of the client is in the table, and the table names no other", () => {
  const { close: _, ...nouns } = client;
  const calls = Object.entries(nouns).flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `${noun}.${verb}`));
  expect(calls.toSorted()).toEqual(Object.keys(operations).toSorted());
});

test("what must not be repeated says what to do in doubt, and nothing else does", () => {
  for (const [call, { repeat, inDoubt }] of Object.entries(operations)) {
    const isRepeated = repeat === "read" || repeat === "replay-safe";
    expect({ call, says: inDoubt !== undefined }).toEqual({ call, says: !isRepeated });
  }
});

/** One vector of each call that is answered well, to try the end of its answer on. */
const firsts = Object.keys(operations).map((call) => vectors.find((v) => v.call === call && v.throws === undefined)!);

test.each(firsts)("$call without a readable answer ends as its semantics say", async (vector) => {
  const { repeat } = operations[vector.call as OperationName];
  server.answer(502, "");
  const applied = repeat === "read" ? "no" : "maybe";
  const code = repeat === "read" || repeat === "replay-safe" ? "platform_unavailable" : "ambiguous";
  await expect(made(vector)).rejects.toMatchObject({ code, applied });
});
