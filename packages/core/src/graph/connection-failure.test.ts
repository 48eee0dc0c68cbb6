import { expect, test } from "vitest";
import { connectionFailure } from "./connection-failure.ts";

const failed = (code: string): Error => Object.assign(new Error(`connect ${code} 192.0.2.1:443`), { code });

test.each([
  [[failed("ECONNREFUSED"), failed("ECONNREFUSED")], "the connection was refused"],
  [[failed("ENETUNREACH"), failed("ETIMEDOUT")], "the connection timed out"],
  [[], "the connection failed"],
])("a host none of whose addresses answers: %o", (errors, words) => {
  expect(connectionFailure(new AggregateError(errors)).words).toBe(words);
});

test("what libraries attach to an error stays behind", () => {
  const { cause } = connectionFailure(Object.assign(failed("ECONNRESET"), { socket: { sent: "OC|1|test-secret" } }));
  expect(Object.keys(cause)).toEqual(["name", "code"]);
});
