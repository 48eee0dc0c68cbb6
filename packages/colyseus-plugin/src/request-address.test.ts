import { expect, test } from "vitest";
import { requestAddress } from "./request-address.ts";

test("a proxy's word goes before the peer", () => {
  expect(requestAddress(new Headers({ "x-forwarded-for": "203.0.113.7, 10.0.0.1" }), "10.0.0.1")).toBe("203.0.113.7");
  expect(requestAddress(new Headers(), "203.0.113.9")).toBe("203.0.113.9");
  expect(requestAddress(new Headers(), undefined)).toBeUndefined();
});
