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
    expect(emulator.world.store.subscriptions(ada)).toMatchObject([{ sku: "CLUB", trial: "FREE_TRIAL" }]);
    expect(emulator.webhooks.subscriptions()).toHaveLength(1);
    expect(emulator.world.snapshot().apps[0]?.federated?.users).toMatchObject([{ persistentId: "steam-1" }]);
  });

  it("shows levers of the store, of headsets and of webhooks that exist", async () => {
    await using emulator = await createEmulator();
    const code = [...manual.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text).join("\n");
    const namesOf = (pattern: RegExp): Set<string> =>
      new Set([...code.matchAll(pattern)].map(([, name]) => name ?? ""));
    expect(namesOf(/\bstore\.(\w+)\(/g)).toEqual(new Set(["buy", "refund", "subscribe", "cancelSubscription"]));
    for (const name of namesOf(/\bstore\.(\w+)\(/g)) expect(emulator.world.store).toHaveProperty(name);
    for (const name of namesOf(/\bdevices\.(\w+)\(/g)) expect(emulator.world.devices).toHaveProperty(name);
    for (const name of namesOf(/\bwebhooks\.(\w+)\(/g))
      expect(emulator.webhooks[name as "idle"]).toBeTypeOf("function");
    expect(namesOf(/\bwebhooks\.(\w+)\(/g).size).toBe(5);
  });

  it("shows faults that work, and tells of every kind", async () => {
    await using emulator = await createEmulator();
    const shown = [...manual.matchAll(/^faults\.add\((\{.*\})\);/gm)].map(([, text]) => text ?? "");
    expect(shown).toHaveLength(5);
    const ada = { id: idOf(emulator, "ada") };
    for (const text of shown) {
      // The manual's object literals are YAML but for the one variable.
      emulator.faults.add(parse(text.replace("ada.id", `"${ada.id}"`)));
    }
    expect(emulator.faults.list()).toHaveLength(5);
    const kinds = [...manual.matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind ?? "");
    for (const kind of kinds) emulator.faults.chance({ probability: 0, kinds: [kind as never] });
    expect(kinds).toHaveLength(10);
  });
});
