import { expect, test } from "vitest";
import { checkSecure, readBaseUrl } from "./base-url.ts";

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

test.each([
  "https://graph.oculus.com",
  "https://10.0.0.5:8443",
  "http://127.0.0.1:8080",
  "http://127.1.2.3",
  "http://localhost:8080/v1.20",
  "http://platform.localhost",
  "http://[::1]:8080",
])("%s may carry the app secret", (url) => {
  expect(() => checkSecure(url, undefined)).not.toThrow();
});

test.each([
  "http://graph.oculus.com",
  "http://10.0.0.5:8080",
  "http://emulator:4800",
  "http://localhost.example",
  "http://127.0.0.1.example",
  "http://0.0.0.0",
  "http://128.0.0.1",
])("%s is refused, unless it is allowed by name", (url) => {
  const refusal = { code: "bad_input", message: expect.stringMatching(/unencrypted.*allowInsecureBaseUrl: true/) };
  expect(() => checkSecure(url, undefined)).toThrow(expect.objectContaining(refusal));
  expect(() => checkSecure(url, "yes" as unknown as boolean)).toThrow(expect.objectContaining(refusal));
  expect(() => checkSecure(url, true)).not.toThrow();
});
