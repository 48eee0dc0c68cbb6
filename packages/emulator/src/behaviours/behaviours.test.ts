import { describe, expect, it } from "vitest";
import { operationNames } from "../operations/operation-list.ts";
import { defaultSwitches } from "../switches.ts";
import { behaviours } from "./behaviours.ts";

describe("the table of behaviours", () => {
  it("tells of every operation and of every switch, each behaviour once", () => {
    const about = new Set<string>(behaviours.map((each) => each.about));
    for (const name of operationNames) {
      if (name !== "unknown" && name !== "leaderboards.list" && name !== "users.me") expect(about).toContain(name);
    }
    const switched = new Set(behaviours.map((each) => each.switchedBy).filter((name) => name !== undefined));
    expect([...switched].sort()).toEqual(Object.keys(defaultSwitches).sort());
    expect(new Set(behaviours.map((each) => each.id)).size).toBe(behaviours.length);
  });
});
