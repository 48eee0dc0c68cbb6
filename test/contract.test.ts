import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { operations } from "@questline/core";
import { createEmulator, defaultSwitches } from "@questline/emulator";
import * as messages from "@questline/colyseus/messages";
import { describe, expect, test } from "vitest";
import { backticked, firstColumn, readContractPage } from "./contract/contract-page.ts";
import { exportedTypes } from "./contract/exported-names.ts";
import { controlRoutes } from "./contract/control-routes.ts";
import { credentialNames } from "./contract/credential-names.ts";
import { inertQuestline } from "./contract/inert-questline.ts";
import { pluginMembers } from "./contract/plugin-members.ts";
import { runProgram } from "./running-program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const tables = readContractPage(new URL("../docs/contract.md", import.meta.url));

/** The tables whose heading begins with these words, by the name in backticks after them. */
function tablesOf(words: string): ReadonlyMap<string, (typeof tables)[number]> {
  const found = tables.filter(({ heading }) => heading.startsWith(`${words} `) || heading === words);
  return new Map(found.map((table) => [backticked(table.heading)[0] ?? "", table]));
}

/** The names that the page lists under that heading. */
function listedUnder(words: string, name = ""): readonly string[] {
  const table = tablesOf(words).get(name);
  if (table === undefined) throw new Error(`docs/contract.md has no table under "${words} ${name}"`);
  return firstColumn(table);
}

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

/** Every public entry of the packages, with the source file behind it. */
const entries = ["core", "emulator", "colyseus-plugin"].flatMap((folder) => {
  const manifest = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, { "questline-source": string }>;
  };
  return Object.entries(manifest.exports).map(([path, { "questline-source": source }]) => ({
    entry: manifest.name + path.slice(1),
    source: pathToFileURL(join(root, "packages", folder, source)),
  }));
});

describe("docs/contract.md lists, no more and no less,", () => {
  test.each(entries)("the exports of $entry", async ({ entry, source }) => {
    const table = tablesOf("Exports of").get(entry);
    const listed = (kind: string): readonly string[] =>
      sorted(table?.rows.filter((row) => row[1] === kind).flatMap((row) => backticked(row[0] ?? "")) ?? []);
    const values = (await import(source.href)) as object;
    expect({ value: listed("value"), type: listed("type") }).toEqual({
      value: sorted(Object.keys(values)),
      type: sorted(exportedTypes(source)),
    });
  });

  test("no entry that does not exist", () => {
    expect(sorted(tablesOf("Exports of").keys())).toEqual(sorted(entries.map(({ entry }) => entry)));
  });

  test("the platform client's calls", () => {
    expect(sorted(listedUnder("Calls of", "createGraphClient"))).toEqual(sorted(Object.keys(operations)));
  });

  test("the emulator's members and switches", async () => {
    await using emulator = await createEmulator();
    expect(sorted(listedUnder("Members of", "createEmulator"))).toEqual(sorted(Object.keys(emulator)));
    expect(sorted(listedUnder("Switches of", "createEmulator"))).toEqual(sorted(Object.keys(defaultSwitches)));
  });

  test("the emulator's control routes, all of which answer", async () => {
    const listed = listedUnder("Routes of", "createEmulator");
    expect(sorted(listed)).toEqual(sorted(controlRoutes(join(root, "packages/emulator/src/control"))));
    await using emulator = await createEmulator();
    for (const route of listed) {
      const [method = "", path = ""] = route.split(" ");
      const body = method === "POST" ? { body: "{}" } : {};
      const { status } = await fetch(emulator.url + path, { method, ...body });
      expect({ route, exists: status !== 404 }).toEqual({ route, exists: true });
    }
  });

  test("the members of a Questline", async () => {
    await using questline = inertQuestline();
    expect(sorted(listedUnder("Members of", "createQuestline"))).toEqual(sorted(Object.keys(questline)));
  });

  test("the plugin's members", () => {
    expect(sorted(listedUnder("Members of", "questlinePlugin"))).toEqual(sorted(pluginMembers()));
  });

  test("the plugin's messages", () => {
    expect(sorted(listedUnder("Messages"))).toEqual(sorted(Object.values(messages)));
  });

  test("where the plugin looks for a credential", async () => {
    expect(sorted(listedUnder("Join options and headers"))).toEqual(sorted(await credentialNames()));
  });

  const programs = [
    { name: "questline-emulator", args: ["packages/emulator/src/cli.ts"] },
    { name: "npm run drift", args: ["--conditions=questline-source", "test/programs/drift.mjs"] },
    { name: "npm run demo", args: ["--conditions=questline-source", "examples/arena/src/demo.ts"] },
    { name: "npm run bench", args: ["--conditions=questline-source", "bench/src/main.ts"] },
    { name: "npm run bench:rooms", args: ["--conditions=questline-source", "examples/arena/src/bench-rooms.ts"] },
    { name: "npm run chaos", args: ["--conditions=questline-source", "chaos/src/chaos.ts"] },
  ];
  test.each(programs)("the flags of $name", async ({ name, args }) => {
    const { stdout } = await runProgram([...args, "--help"], { cwd: root });
    const helped = [...stdout.matchAll(/^\s*(--[a-z][\w-]*)/gm)].map(([, flag]) => flag!);
    const listed = listedUnder("Flags of", name).map((flag) => flag.split(/[ =]/)[0]!);
    expect(sorted(listed)).toEqual(sorted(helped));
  });

  test("the keys of the demo's last line", async () => {
    const args = ["--conditions=questline-source", "examples/arena/src/demo.ts", "--json"];
    const { stdout } = await runProgram([...args, "--matches", "1", "--players", "2"], { cwd: root });
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as object;
    expect(sorted(listedUnder("JSON keys of", "npm run demo"))).toEqual(sorted(Object.keys(last)));
  });

  test("the keys of the benchmarks' last line", async () => {
    const args = ["--conditions=questline-source", "bench/src/main.ts", "--quick", "--only", "settle", "--json"];
    const { stdout } = await runProgram(args, { cwd: root });
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as object;
    expect(sorted(listedUnder("JSON keys of", "npm run bench"))).toEqual(sorted(Object.keys(last)));
  });

  test("the keys of the room benchmark's last line, and what it judges", async () => {
    const args = ["--conditions=questline-source", "examples/arena/src/bench-rooms.ts", "--json"];
    const { stdout } = await runProgram([...args, "--rooms", "2", "--clients", "2", "--matches", "2"], { cwd: root });
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { events: number; missed: string[] };
    expect(sorted(listedUnder("JSON keys of", "npm run bench:rooms"))).toEqual(sorted(Object.keys(last)));
    // Two matches of four players, and their hits.
    expect(last.events).toBeGreaterThanOrEqual(8);
    expect(["heapAdded", "heapGrown", "p99Added"]).toEqual(expect.arrayContaining(last.missed));
  });

  test("the keys of the chaos run's last line", async () => {
    const args = [
      "--conditions=questline-source",
      "chaos/src/chaos.ts",
      "--scenario",
      "no-lease-token-check",
      "--json",
    ];
    const { stdout } = await runProgram(args, { cwd: root });
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as object;
    expect(sorted(listedUnder("JSON keys of", "npm run chaos"))).toEqual(sorted(Object.keys(last)));
  });
});
