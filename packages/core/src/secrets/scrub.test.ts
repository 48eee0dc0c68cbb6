import { expect, test } from "vitest";
import { scrub } from "./scrub.ts";
import { secret } from "./secret.ts";

test("a secret is replaced by its fingerprint, percent-encoded ones too", () => {
  const token = secret("token", "OC|1|test-secret");
  const clean = scrub("Malformed token OC|1|test-secret, from OC%7C1%7Ctest-secret", [token]);

  expect(clean).not.toContain("test-secret");
  expect(clean).toContain(token.fingerprint);
});

test("what only looks like a token goes too", () => {
  const clean = scrub(
    "OCApiException: see https://host/me?access_token=FRLabc&x=1, OC|99|other and OCAbcdefghijklmnopqrs1",
    [],
  );

  expect(clean).toBe("OCApiException: see https://host/me?access_token=[removed]&x=1, [app token] and [user token]");
});
