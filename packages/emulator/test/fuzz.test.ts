import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, operations } from "../src/index.ts";
import { documentedExamples, type Example } from "./documented-examples.ts";
import { ADA_TOKEN, APP_TOKEN, exchangeBytes, get, type Reply, send } from "./graph-client.ts";

const FED = "OC|100|federated-secret";
let emulator: Emulator;
let examples: readonly Example[];
beforeAll(async () => {
  emulator = await createEmulator();
});
beforeEach(async () => {
  examples = await documentedExamples(emulator);
});
afterAll(() => emulator.close());

/** A result, or an envelope with a trace id; never a failure of the emulator's own. */
function expectAnswer(reply: Reply): void {
  expect([200, 400, 403]).toContain(reply.status);
  expect(reply.headers.get("content-type")).toBe("application/json; charset=UTF-8");
  if (reply.status === 200) return expect(reply.body).toEqual(expect.any(Object));
  expect(reply.body.error).toMatchObject({ code: expect.any(Number), fbtrace_id: expect.stringMatching(/^A.{22}$/) });
}

/** What has broken services like this one, or nearly. */
const corpus = [
  "",
  " ",
  "\0",
  "null",
  "undefined",
  "NaN",
  "true",
  "[",
  "[]",
  "{}",
  "[[[[]]]]",
  '["a"',
  "['",
  "{",
  "}",
  "a{b{c}}",
  "id,id{id}",
  "-0",
  "-1",
  "1e3",
  "0x10",
  "99999999999999999999",
  "-9223372036854775809",
  "9223372036854775808",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "../../etc/passwd",
  "%00%ff",
  "\ud800",
  "a".repeat(5_000),
  "1".repeat(5_000),
  '{"a":{"b":1}}',
  "POST",
  "DELETE",
];

const names = [
  ...["api_name", "api_names", "achievement_type", "add_count", "add_bits", "force_unlock", "target", "fields"],
  ...["score", "extra_data_base64", "user_id", "user_ids", "filter", "start_at", "offset", "limit", "after", "before"],
  ...["summary", "nonce", "code", "refresh_code", "org_scoped_id", "sku", "skus", "reason", "owner_id", "owner_alias"],
  ...["cancel_reason", "number_of_days", "is_active", "token", "unique_id", "ban_id", "is_banned", "bitfield_length"],
  ...["remaining_time_in_minute", "persistent_id", "display_name", "recipient_ids", "notif_request", "method"],
  ...["title_locale_map", "earliest_allowed_entry_time", "sort_order", "access_token", "include_archived"],
];
const value = fc.oneof(fc.constantFrom(...corpus), fc.string({ unit: "binary", maxLength: 20 }));
const parameters = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 })), value), {
  maxLength: 6,
});
const token = fc.constantFrom(APP_TOKEN, ADA_TOKEN, FED, null, "OC||", "x", ADA_TOKEN.slice(1));
const types = [
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/plain",
];

describe("any request", { timeout: 60_000 }, () => {
  it("to any route gets a result or an envelope", async () => {
    const request = fc.record({
      operation: fc.nat({ max: operations.length - 1 }),
      method: fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH"),
      asDocumented: fc.boolean(),
      query: parameters,
      body: fc.oneof(parameters, fc.string({ unit: "binary" }), fc.json({ maxDepth: 3 })),
      type: fc.constantFrom(...types, ""),
      token,
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ operation, method, asDocumented, query, body, type, token }) => {
        const example = examples[operation];
        if (example === undefined) throw new Error("no such example");
        const text = typeof body === "string" ? body : form(body);
        const verb = asDocumented ? example.method : method;
        const reply = await send(emulator, verb, `${example.path}?${form(query)}`, {
          token,
          headers: type === "" ? {} : { "content-type": type },
          ...(verb === "GET" ? {} : { body: text }),
        });
        expectAnswer(reply);
      }),
      { numRuns: 300 },
    );
  });

  it("that is good but for one parameter gets a result or an envelope", async () => {
    const change = fc.record({ operation: fc.nat({ max: operations.length - 1 }), which: fc.nat(), value, token });
    await fc.assert(
      fc.asyncProperty(change, async ({ operation, which, value, token }) => {
        const example = examples[operation];
        if (example === undefined) throw new Error("no such example");
        const given = Object.entries(example.parameters ?? {});
        const changed = given.map(([name, old], index): [string, string] => [
          name,
          index === which % given.length ? value : old,
        ]);
        expectAnswer(
          await send(emulator, example.method, `${example.path}?${form(changed)}`, { token: token ?? example.token }),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("to any path gets a result or an envelope", async () => {
    const segment = fc.oneof(
      fc.constantFrom(
        "me",
        "1",
        "100",
        "application",
        "achievements",
        "platform_integrity",
        "%00",
        "__proto__",
        "v1",
        "..",
      ),
      fc.webSegment({ size: "small" }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "POST", "DELETE"),
        fc.array(segment, { maxLength: 4 }),
        token,
        async (method, segments, token) => {
          // A dot and a slash that clients resolve themselves would leave nothing to send.
          expectAnswer(await send(emulator, method, `/${segments.join("/")}`, { token }));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("survives any bytes", async () => {
    const verb = fc.constantFrom("", "GET ", "POST /me HTTP/1.1\r\n", "GET /1 HTTP/1.1\r\nConnection: close\r\n");
    await fc.assert(
      fc.asyncProperty(verb, fc.string({ unit: "binary", maxLength: 200 }), async (start, rest) => {
        const bytes = Buffer.concat([Buffer.from(start + rest, "utf8"), Buffer.from("\r\n\r\n\r\nx\0\r\n\r\n")]);
        const { received } = await exchangeBytes(emulator, bytes);
        expect(received).toMatch(/^HTTP\/1.1 [24]\d\d /);
      }),
      { numRuns: 60 },
    );
    expect((await get(emulator, "/me", ADA_TOKEN)).status).toBe(200);
  });
});

describe("any control request", { timeout: 60_000 }, () => {
  const routes = [
    ...["/users", "/tokens", "/nonces", "/link-codes", "/foreign", "/clock", "/secret", "/definitions", "/items"],
    ...["/definitions/archive", "/leaderboards", "/scores", "/purchases", "/purchases/refund", "/subscriptions"],
    ...["/subscriptions/cancel", "/attestation-tokens", "/devices", "/notification-requests", "/webhooks/send"],
    ...["/faults", "/faults/chance", "/switches", "/entitlements", "/worlds", "/reset", "/webhooks/release"],
  ];
  const members = [
    "userId",
    "sku",
    "apiName",
    "score",
    "advanceMs",
    "seed",
    "item",
    "definition",
    "leaderboard",
    "name",
  ];
  const json = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.string(),
    fc
      .dictionary(
        fc.constantFrom(...members, "kind", "apps", "users", "nonce", "device", "events"),
        fc.jsonValue({ maxDepth: 2 }),
        {
          maxKeys: 4,
        },
      )
      .map((body) => JSON.stringify(body)),
  );

  const headers = { "content-type": "application/json" };

  it("is carried out or refused with a place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), json, async (route, body) => {
        const reply = await send(emulator, "POST", `/__emulator${route}`, { token: null, headers, body });
        expect([200, 400]).toContain(reply.status);
        if (reply.status === 400)
          expect(reply.body.error).toEqual({ message: expect.any(String), path: expect.any(String) });
      }),
      { numRuns: 300 },
    );
  });
});

function form(entries: [string, string][]): string {
  return new URLSearchParams(entries).toString();
}
