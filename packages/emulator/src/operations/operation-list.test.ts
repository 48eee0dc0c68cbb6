import { describe, expect, it } from "vitest";
import { operationNames, operations } from "./operation-list.ts";
import { handlers } from "./route.ts";

describe("the list of operations", () => {
  it("names what is handled, each once", () => {
    expect([...operationNames].sort()).toEqual(Object.keys(handlers).sort());
    expect(new Set(operationNames).size).toBe(operationNames.length);
    expect(operations.map(({ name }) => name)).not.toContain("unknown");
  });

  it("tells path, token and source of each", () => {
    for (const { path, method, source } of operations) {
      expect(path).toMatch(/^\/[{}a-z_]+(\/[a-z_]+)?(\?persistent_id=)?$/);
      expect(["GET", "POST", "DELETE"]).toContain(method);
      expect(source).toMatch(/pages?$|general Graph rule/);
    }
  });
});
