import { expect, test } from "vitest";
import { readBaseUrl } from "./base-url.ts";

test("a path becomes a prefix without its last slash", () => {
  expect(readBaseUrl("http://127.0.0.1:8080/v1.20/")).toEqual({
    origin: "http://127.0.0.1:8080",
    hostname: "127.0.0.1",
    port: 8080,
    prefix: "/v1.20",
  });
  expect(readBaseUrl("https://graph.oculus.com").prefix).toBe("");
});

test.each([
  "graph.oculus.com",
  "ftp://host",
  "https://user:hidden-password@host",
  "https://host/?access_token=hidden",
  "https://host/#x",
  "",
])("%s is refused without being shown", (text) => {
  expect(() => readBaseUrl(text)).toThrow(expect.objectContaining({ code: "bad_input" }));
  expect(() => readBaseUrl(text)).not.toThrow(/hidden/);
});
