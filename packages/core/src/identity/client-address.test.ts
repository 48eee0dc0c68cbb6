import { expect, test } from "vitest";
import { clientAddress } from "./client-address.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["203.0.113.7, 10.0.0.1", "203.0.113.7"],
  [["203.0.113.7", "10.0.0.1"], "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:0:1:a:b:c:d", "2001:db8:0:1"],
  ["2001:db8:0:1::9", "2001:db8:0:1"],
  ["2001:DB8::9", "2001:db8:0:0"],
  ["127.0.0.1", undefined],
  ["::ffff:127.0.0.1", undefined],
  ["::1", undefined],
  ["192.168.1.4", undefined],
  ["172.17.0.1", undefined],
  ["fd00::1", undefined],
  ["unknown", undefined],
  ["", undefined],
  [undefined, undefined],
  [[], undefined],
])("%j tells clients apart as %s", (ip, expected) => {
  expect(clientAddress(ip)).toBe(expected);
});
