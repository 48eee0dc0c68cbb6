import { expect, test } from "vitest";
import { applied } from "./applied.ts";

const write = { kind: "write", handedOver: true } as const;

test.each([
  ["nothing was handed over", { ...write, handedOver: false }],
  ["nothing was handed over, whatever else is known", { ...write, handedOver: false, status: 500 }],
  ["HTTP 429 without a body", { ...write, status: 429 }],
  ["HTTP 429 with a transient envelope", { ...write, status: 429, envelope: { code: 2, transient: true } }],
  ...[4, 17, 32, 341, 613].flatMap((code) =>
    [200, 400, 403, 500].map(
      (status) => [`code ${code} in HTTP ${status}`, { ...write, status, envelope: { code } }] as const,
    ),
  ),
  ["code 4 marked transient", { ...write, status: 400, envelope: { code: 4, transient: true } }],
  ...[400, 401, 403, 404, 499].map(
    (status) => [`HTTP ${status} with code 100`, { ...write, status, envelope: { code: 100 } }] as const,
  ),
  ["HTTP 400 with code 190", { ...write, status: 400, envelope: { code: 190, transient: false } }],
  ["HTTP 400 with code -1", { ...write, status: 400, envelope: { code: -1 } }],
  ["a read that lost its answer", { kind: "read", handedOver: true }],
  ["a read that was answered with HTTP 500", { kind: "read", handedOver: true, status: 500 }],
] as const)("certainly not applied: %s", (_row, ending) => {
  expect(applied(ending)).toBe("no");
});

test.each([
  ["no answer after bytes were handed over", write],
  ["a success that cannot be read", { ...write, status: 200 }],
  ["a redirect", { ...write, status: 302 }],
  ["an envelope in a 200", { ...write, status: 200, envelope: { code: 100 } }],
  ["HTTP 400 without an envelope", { ...write, status: 400 }],
  ["HTTP 404 without an envelope", { ...write, status: 404 }],
  ["HTTP 400 with an envelope that has no code", { ...write, status: 400, envelope: {} }],
  ["HTTP 400 with code 1", { ...write, status: 400, envelope: { code: 1 } }],
  ["HTTP 400 with code 2", { ...write, status: 400, envelope: { code: 2 } }],
  ["HTTP 400 with code 100, marked transient", { ...write, status: 400, envelope: { code: 100, transient: true } }],
  ["HTTP 500 without an envelope", { ...write, status: 500 }],
  ["HTTP 500 with code 100", { ...write, status: 500, envelope: { code: 100 } }],
  ["HTTP 500 with code 190", { ...write, status: 500, envelope: { code: 190 } }],
  ["HTTP 503", { ...write, status: 503 }],
] as const)("may have been applied: %s", (_row, ending) => {
  expect(applied(ending)).toBe("maybe");
});
