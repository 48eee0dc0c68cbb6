import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createEmulator, type Seed } from "../src/index.ts";
import { idOf } from "./graph-client.ts";

const manual = readFileSync(new URL("../../../docs/emulator.md", import.meta.url), "utf8");

describe("the manual", () => {
  it("shows a seed that works", async () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(manual)?.[1] ?? "";
    await using emulator = await createEmulator({ seed: parse(yaml) as Seed });
    const ada = idOf(emulator, "ada");
    expect(emulator.world.progress(ada, "WINS_100")).toMatchObject({ count: 99n, unlocked: false });
    expect(emulator.world.entry("HIGH_SCORE", ada)?.score).toBe(1200n);
    expect(emulator.switches.get().afterUnlock).toBe("cap");
  });

  it("shows faults that work, and tells of every kind", async () => {
    await using emulator = await createEmulator();
    const shown = [...manual.matchAll(/^faults\.add\((\{.*\})\);/gm)].map(([, text]) => text ?? "");
    expect(shown).toHaveLength(4);
    const ada = { id: idOf(emulator, "ada") };
    for (const text of shown) {
      // The manual's object literals are YAML but for the one variable.
      emulator.faults.add(parse(text.replace("ada.id", `"${ada.id}"`)));
    }
    expect(emulator.faults.list()).toHaveLength(4);
    const kinds = [...manual.matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind ?? "");
    for (const kind of kinds) emulator.faults.chance({ probability: 0, kinds: [kind as never] });
    expect(kinds).toHaveLength(10);
  });
});
