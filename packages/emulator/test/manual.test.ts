import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createEmulator, type Seed } from "../src/index.ts";
import { curl } from "./curl.ts";
import { get, idOf } from "./graph-client.ts";

const AsyncFunction = (async () => undefined).constructor as new (
  ...parts: string[]
) => (...given: unknown[]) => Promise<any>;
const manual = readFileSync(new URL("../../../docs/emulator.md", import.meta.url), "utf8");

function blocks(language: string): string[] {
  return [...manual.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text]) => text ?? "");
}

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

  it("shows code that runs as it stands, from the first line to the last", async () => {
    const notified: unknown[] = [];
    const game = createServer((incoming, response) => {
      const challenge = new URL(incoming.url ?? "/", "http://game").searchParams.get("hub.challenge");
      notified.push(challenge ?? incoming.headers["x-hub-signature-256"]);
      response.end(challenge ?? "");
    });
    await new Promise<void>((resolve) => game.listen(0, "127.0.0.1", resolve));
    const code = blocks("ts")
      .join("\n")
      .replaceAll(/^import .*$/gm, "")
      .replace("await using emulator", "const emulator")
      .replace("127.0.0.1:3000", `127.0.0.1:${(game.address() as AddressInfo).port}`);
    expect(code.match(/^import|await using/m)).toBe(null);
    const run = new AsyncFunction(
      "createEmulator",
      "createQuestline",
      `${code}\nreturn { emulator, ada, token, mine };`,
    );
    const { emulator, ada, token, mine } = await run(createEmulator, (options: unknown) => options);
    try {
      expect(emulator.faults.list()).toHaveLength(7);
      emulator.faults.clear();
      expect((await get(emulator, "/me?fields=alias", token)).body).toEqual({ id: ada.id, alias: "ada lovelace" });
      expect(emulator.world.store.subscriptions(ada.id)).toMatchObject([{ sku: "CLUB", active: true }]);
      expect(emulator.webhooks.deliveries()).toMatchObject([{ state: "delivered" }, { state: "delivered" }]);
      expect(notified).toHaveLength(3);
      expect(mine.url).toBe(`${emulator.url}/__worlds/my-test`);
    } finally {
      await emulator.close();
      game.closeAllConnections();
      game.close();
    }
  });

  it("shows curl commands that work in the order in which they stand", async () => {
    await using emulator = await createEmulator();
    const variables = new Map<string, string>();
    const lines = blocks("sh")
      .flatMap((block) => block.split("\n"))
      .filter((line) => line.includes("curl "));
    expect(lines).toHaveLength(7);
    for (const line of lines) {
      const [, name, inner, path] = /^(\w+)=\$\((curl .*) \| jq -r '?(.*?)'?\)$/.exec(line) ?? [];
      const command = (inner ?? line)
        .replaceAll("localhost:8080", emulator.url)
        .replaceAll(/\$(\w+)/g, (_all, variable: string) => variables.get(variable) ?? "");
      const { status, body } = await curl(command);
      expect([command, status, body]).toEqual([
        command,
        200,
        expect.not.objectContaining({ error: expect.anything() }),
      ]);
      if (name !== undefined) variables.set(name, String(new Function("body", `return body${path}`)(body)));
    }
    expect(emulator.faults.list()).toHaveLength(1);
    expect(emulator.requests.summary()).toMatchObject({ total: 4, effects: 2 });
  });

  it("shows faults that work, and tells of every kind", async () => {
    await using emulator = await createEmulator();
    const shown = [...manual.matchAll(/^faults\.add\((\{.*\})\);/gm)].map(([, text]) => text ?? "");
    expect(shown).toHaveLength(6);
    const ada = { id: idOf(emulator, "ada") };
    for (const text of shown) {
      // The manual's object literals are YAML but for the one variable.
      emulator.faults.add(parse(text.replace("ada.id", `"${ada.id}"`)));
    }
    expect(emulator.faults.list()).toHaveLength(6);
    const kinds = [...manual.matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind ?? "");
    for (const kind of kinds) emulator.faults.chance({ probability: 0, kinds: [kind as never] });
    expect(kinds).toHaveLength(10);
  });
});
