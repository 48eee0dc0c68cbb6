import { expect, test } from "vitest";
import { classify } from "./classify.ts";

const passing = true;
const final = false;

test.each([
  [100, undefined, 400, "invalid_parameter", final],
  [100, 33, 400, "not_found", final],
  [803, undefined, 400, "not_found", final],
  [3, undefined, 400, "permission", final],
  [10, undefined, 403, "permission", final],
  [200, undefined, 403, "permission", final],
  [299, undefined, 400, "permission", final],
  [4, undefined, 400, "rate_limited", passing],
  [17, undefined, 400, "rate_limited", passing],
  [32, undefined, 400, "rate_limited", passing],
  [341, undefined, 400, "rate_limited", passing],
  [613, undefined, 400, "rate_limited", passing],
  [368, undefined, 400, "rate_limited", final],
  [1, undefined, 400, "platform_unavailable", passing],
  [1, 1614026, 400, "platform_error", final],
  [1, 1614026, 500, "platform_error", final],
  [2, undefined, 500, "platform_unavailable", passing],
  [-1, 1614033, 400, "platform_error", final],
  [12074, undefined, 400, "platform_error", final],
  [104, undefined, 400, "platform_error", final],
  [12074, undefined, 500, "platform_unavailable", passing],
  [12074, undefined, 404, "not_found", final],
  [12074, undefined, 429, "rate_limited", passing],
  [undefined, undefined, 400, "platform_error", final],
  [undefined, undefined, 200, "platform_error", final],
  [undefined, undefined, 418, "platform_error", final],
] as const)("Graph code %s/%s in HTTP %s is %s", (code, subcode, status, named, transient) => {
  expect(classify({ status, envelope: { code, subcode }, actsFor: "app" })).toEqual({ code: named, transient });
});

test.each([
  [190, 400, "app_credentials", "user_token"],
  [190, 500, "app_credentials", "user_token"],
  [190, 200, "app_credentials", "user_token"],
  [102, 400, "app_credentials", "user_token"],
  [2500, 400, "user_token", "user_token"],
] as const)("Graph code %s in HTTP %s depends on whose token it was", (code, status, forApp, forUser) => {
  expect(classify({ status, envelope: { code }, actsFor: "app" })).toEqual({ code: forApp, transient: false });
  expect(classify({ status, envelope: { code }, actsFor: "user" })).toEqual({ code: forUser, transient: false });
});

test("what is marked transient passes, a refused token included", () => {
  const envelope = { code: 190, transient: true };
  expect(classify({ status: 400, envelope, actsFor: "user" })).toEqual({
    code: "platform_unavailable",
    transient: true,
  });
});

test.each([
  [400, "app", "invalid_parameter", final],
  [401, "app", "app_credentials", final],
  [401, "user", "user_token", final],
  [403, "app", "permission", final],
  [404, "app", "not_found", final],
  [429, "app", "rate_limited", passing],
  [500, "app", "platform_unavailable", passing],
  [503, "app", "platform_unavailable", passing],
  [405, "app", "unreadable_answer", passing],
] as const)("HTTP %s without an envelope, for the %s, is %s", (status, actsFor, code, transient) => {
  expect(classify({ status, actsFor })).toEqual({ code, transient });
});
