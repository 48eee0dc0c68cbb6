import { expect, it } from "vitest";
import { errorText } from "./error-text.ts";

it("keeps the words of causes, once each, and no token", () => {
  const deepest = new Error("Cannot find module 'x'");
  const cause = new TypeError("the thread ended, of OC|1|test-secret once", { cause: deepest });
  expect(errorText(new Error("Not usable", { cause }))).toBe(
    "Error: Not usable (cause: TypeError: the thread ended, of [app token] once) (cause: Error: Cannot find module 'x')",
  );
  expect(errorText(new Error("Not usable: no room", { cause: new Error("no room") }))).toBe(
    "Error: Not usable: no room",
  );
  expect(errorText("thrown text")).toBe("thrown text");
});

it("comes to an end where a cause leads back", () => {
  const error = new Error("first");
  error.cause = new Error("second", { cause: error });
  expect(errorText(error)).toBe("Error: first (cause: Error: second)");
});
