import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeForm } from "./form.ts";

const names = fc.constantFrom("api_name", "score", "fields", "after");
const values = fc.string({ unit: "grapheme" });

test("what a form holds, a reader of forms gets back", () => {
  fc.assert(
    fc.property(fc.dictionary(names, values, { noNullPrototype: true }), (params) => {
      expect(Object.fromEntries(new URLSearchParams(encodeForm(params)))).toEqual(params);
    }),
  );
});
