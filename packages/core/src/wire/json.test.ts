import fc from "fast-check";
import { expect, test } from "vitest";
import { flag, idText, instant, parseExactJson, safeCount, signed64, unixSeconds, unsigned64 } from "./json.ts";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

test("every signed 64-bit integer survives, as a number and as text", () => {
  fc.assert(
    fc.property(int64, fc.constantFrom("", " ", "\n\t"), (value, space) => {
      const answer = parseExactJson(`{"data":[${space}{"score":${space}${value},"text":"${value}"}]}`) as {
        data: { score: unknown; text: unknown }[];
      };
      expect(signed64.parse(answer.data[0]?.score)).toBe(value);
      expect(signed64.parse(answer.data[0]?.text)).toBe(value);
    }),
  );
});

test("what JSON.parse reads exactly is read the same", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const plain: unknown = JSON.parse(text);
      const isExact = JSON.stringify(parseExactJson(text), (_key, value: unknown) =>
        typeof value === "bigint" ? Number(value) : value,
      );
      expect(isExact).toBe(JSON.stringify(plain));
    }),
  );
});

test("long digits inside text stay text", () => {
  const answer = parseExactJson('{"a":"x:12345678901234567890","b":["[1234567890123456789"],"c":90071992547409931}');
  expect(answer).toEqual({ a: "x:12345678901234567890", b: ["[1234567890123456789"], c: 90071992547409931n });
});

test.each([
  "9223372036854775808",
  "-9223372036854775809",
  "1e30",
  "1.5",
  "9007199254740992.0",
  '"12a"',
  '""',
  '" 1"',
  "null",
  "true",
])("%s is no signed 64-bit integer", (text) => {
  expect(signed64.safeParse((parseExactJson(`{"v":${text}}`) as { v: unknown }).v).success).toBe(false);
});

test("counters go up to 2^64 − 1 and not below 0", () => {
  expect(unsigned64.parse((parseExactJson('{"v":18446744073709551615}') as { v: unknown }).v)).toBe(2n ** 64n - 1n);
  expect(unsigned64.safeParse((parseExactJson('{"v":18446744073709551616}') as { v: unknown }).v).success).toBe(false);
  expect(unsigned64.safeParse(-1).success).toBe(false);
});

test("ids become text from text, exact numbers and long ones", () => {
  expect(idText.parse("10149999707612630")).toBe("10149999707612630");
  expect(idText.parse(963)).toBe("963");
  expect(idText.parse((parseExactJson('{"v":10149999707612631}') as { v: unknown }).v)).toBe("10149999707612631");
  expect(idText.safeParse("").success).toBe(false);
  expect(idText.safeParse(1.5).success).toBe(false);
});

test("times are Unix seconds, as a number or text", () => {
  expect(unixSeconds.parse(1_900_000_000).toISOString()).toBe("2030-03-17T17:46:40.000Z");
  expect(unixSeconds.parse("1900000000").toISOString()).toBe("2030-03-17T17:46:40.000Z");
  expect(unixSeconds.safeParse("99999999999999999").success).toBe(false);
});

test("small counts refuse what a number cannot hold", () => {
  expect(safeCount.parse("25")).toBe(25);
  expect(safeCount.safeParse(2n ** 60n).success).toBe(false);
});

test.each([
  ["2031-03-09T13:04:20+0000", "2031-03-09T13:04:20.000Z"],
  ["2031-03-09T13:04:20+02:00", "2031-03-09T11:04:20.000Z"],
  ["2031-03-09T13:04:20-0730", "2031-03-09T20:34:20.000Z"],
  ["2031-03-09T13:04:20Z", "2031-03-09T13:04:20.000Z"],
  ["1900000000", "2030-03-17T17:46:40.000Z"],
  [1_900_000_000, "2030-03-17T17:46:40.000Z"],
])("an instant is read from %s", (value, iso) => {
  expect(instant.parse(value)?.toISOString()).toBe(iso);
});

test("an instant of 0 is none, and other text is refused", () => {
  expect(instant.parse(0)).toBeUndefined();
  for (const text of ["2031-03-09", "2031-13-09T13:04:20Z", "2031-03-09T13:04:20", "soon"]) {
    expect(instant.safeParse(text).success).toBe(false);
  }
});

test("a flag may be text", () => {
  expect([true, "true", false, "false"].map((value) => flag.parse(value))).toEqual([true, true, false, false]);
  expect(flag.safeParse("yes").success).toBe(false);
});
