import { describe, expect, it } from "vitest";
import { type NodeShape, parseFields, project, type Selection } from "./fields.ts";

const plain = (selection: Selection | undefined): unknown =>
  selection && Object.fromEntries([...selection].map(([name, inner]) => [name, plain(inner) ?? true]));

describe("fields", () => {
  it("parses names, braces and spaces", () => {
    expect(plain(parseFields("a"))).toEqual({ a: true });
    expect(plain(parseFields(" a, b_1 {c ,d{e}} ,f "))).toEqual({ a: true, b_1: { c: true, d: { e: true } }, f: true });
    expect(parseFields("  ")).toBeUndefined();
    expect(parseFields(undefined)).toBeUndefined();
  });

  it.each(["a,", ",a", "a{", "a{}", "a}", "a b", "a{b}}", "a{b}c", "é", "a.limit(2)", "a{".repeat(20)])(
    "refuses %j with code 100",
    (text) => {
      expect(() => parseFields(text)).toThrow(
        expect.objectContaining({ status: 400, body: expect.objectContaining({ code: 100 }) }),
      );
    },
  );

  const shape: NodeShape<{ id: string; size: number }> = {
    name: "Box",
    id: (row) => row.id,
    scalars: { size: (row) => row.size, colour: () => undefined },
    objects: { self: (row, selection) => project(row, selection, shape) },
  };

  it("always shows id, and nested objects with theirs", () => {
    const row = { id: "7", size: 3 };
    expect(project(row, undefined, shape)).toEqual({ id: "7" });
    expect(project(row, parseFields("size,self,id"), shape)).toEqual({ id: "7", size: 3, self: { id: "7" } });
    expect(project(row, parseFields("self{self{size}}"), shape)).toEqual({
      id: "7",
      self: { id: "7", self: { id: "7", size: 3 } },
    });
  });

  it("refuses unknown fields and braces on plain ones", () => {
    const row = { id: "7", size: 3 };
    for (const text of ["toString", "weight", "self{weight}"]) {
      expect(() => project(row, parseFields(text), shape)).toThrow("nonexisting field");
    }
    expect(() => project(row, parseFields("size{a}"), shape)).toThrow("Subfields are not supported by size");
  });
});
