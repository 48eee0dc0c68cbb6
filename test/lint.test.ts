import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Files planted in an empty copy of the workspace's layout, each breaking one rule (or none), and the rule it breaks. */
const planted: readonly { file: string; code: string; breaks: string | undefined }[] = [
  { file: "packages/core/src/runtime/clock.ts", code: "export const now = () => Date.now();", breaks: undefined },
  { file: "packages/core/src/store/rows.ts", code: `export { now } from "../runtime/clock.ts";`, breaks: undefined },
  { file: "packages/core/src/questline.ts", code: `export { now } from "./store/rows.ts";`, breaks: undefined },
  {
    file: "chaos/src/ledger/judge.ts",
    code: `export { count } from "@questline/core";`,
    breaks: "no-restricted-imports",
  },
  { file: "chaos/src/ledger/ask.ts", code: `export { tell } from "../game/tell.ts";`, breaks: "no-restricted-imports" },
  { file: "chaos/src/game/player.ts", code: `export { count } from "@questline/core";`, breaks: undefined },
  {
    file: "packages/core/src/delivery/up.ts",
    code: `export { now } from "../questline.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/core/src/graph/sibling.ts",
    code: `export { now } from "../store/rows.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/core/src/graph/typed.ts",
    code: `import type { now } from "../store/rows.ts"; export type N = typeof now;`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/core/src/graph/inner/deep.ts",
    code: `export { now } from "../../store/rows.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/core/src/graph/inner/fine.ts",
    code: `export { now } from "../../runtime/clock.ts";`,
    breaks: undefined,
  },
  {
    file: "packages/core/src/intent/time.ts",
    code: `export { now } from "../runtime/clock.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/core/src/ids/base.ts",
    code: `export { now } from "../runtime/clock.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/core/src/rules/lazy.ts",
    code: `export const load = () => import("../store/rows.ts");`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/core/src/identity/inline.ts",
    code: `export type N = import("../store/rows.ts").Row;`,
    breaks: "consistent-type-imports",
  },
  {
    file: "packages/core/src/store/timer.ts",
    code: `export { setTimeout as wait } from "node:timers/promises";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/emulator/src/second.ts",
    code: `export type { Questline } from "@questline/core";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/emulator/src/reach.ts",
    code: `export * from "../../core/src/questline.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/colyseus-plugin/src/reach.ts",
    code: `export * from "../../core/src/questline.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/colyseus-plugin/src/inner.ts",
    code: `export * from "@questline/core/src/questline.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/colyseus-plugin/src/public.ts",
    code: `export type { Questline } from "@questline/core";`,
    breaks: undefined,
  },
  {
    file: "examples/arena/src/reach.ts",
    code: `export * from "../../../packages/core/src/questline.ts";`,
    breaks: "no-restricted-imports",
  },
  {
    file: "packages/core/src/store/cycle-a.ts",
    code: `import type { B } from "./cycle-b.ts"; export type A = B | 1;`,
    breaks: "no-cycle",
  },
  {
    file: "packages/core/src/store/cycle-b.ts",
    code: `import type { A } from "./cycle-a.ts"; export type B = { a: A };`,
    breaks: "no-cycle",
  },
  {
    file: "packages/core/src/store/date.ts",
    code: "export const at = () => new Date();",
    breaks: "no-restricted-globals",
  },
  {
    file: "packages/core/src/store/late.ts",
    code: "export const late = () => globalThis.setTimeout(() => {}, 1);",
    breaks: "no-restricted-globals",
  },
  {
    file: "packages/core/src/store/now.test.ts",
    code: "export const at = () => performance.now();",
    breaks: "no-restricted-globals",
  },
  {
    file: "packages/core/src/store/kill.process.test.ts",
    code: "export const at = () => performance.now();",
    breaks: undefined,
  },
  {
    file: "packages/core/src/store/chance.ts",
    code: "export const chance = () => Math.random();",
    breaks: "no-restricted-properties",
  },
  {
    file: "packages/core/src/store/limit.ts",
    code: "export const limit = () => AbortSignal.timeout(5);",
    breaks: "no-restricted-properties",
  },
  {
    file: "packages/core/src/store/any.ts",
    code: "export const loose = (value: any): string => String(value);",
    breaks: "no-explicit-any",
  },
  {
    file: "packages/core/src/store/ignore.ts",
    code: "// @ts-ignore\nexport const wrong: string = 1;",
    breaks: "ban-ts-comment",
  },
  {
    file: "packages/core/src/store/long.ts",
    code: Array.from({ length: 301 }, (_, i) => `export const line${i} = ${i};`).join("\n"),
    breaks: "max-lines",
  },
  {
    file: "packages/core/src/store/tall.ts",
    code: `${"// prose\n\n".repeat(200)}export const short = 1;`,
    breaks: undefined,
  },
];

interface Finding {
  readonly filename: string;
  readonly code: string;
}

describe("the linter finds a planted violation of", () => {
  let folder: string;
  let findings: readonly Finding[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "questline-lint-"));
    await cp(join(root, "oxlint.config.ts"), join(folder, "oxlint.config.ts"));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    for (const { file, code } of planted) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `${code}\n`);
    }
    findings = await lint(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(planted)("$breaks: $file", ({ file, breaks }) => {
    const broken = findings.filter((finding) => finding.filename === file).map((finding) => finding.code);
    const rules = [...new Set(broken)].map((code) => code.replace(/^[\w-]+\((.*)\)$/, "$1"));
    expect(rules).toEqual(breaks === undefined ? [] : [breaks]);
  });
});

function lint(cwd: string): Promise<readonly Finding[]> {
  const program = join(root, "node_modules/oxlint/bin/oxlint");
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, "--format", "json", "packages", "examples", "chaos"],
      { cwd },
      (_error, stdout, stderr) => {
        try {
          resolve((JSON.parse(stdout) as { diagnostics: readonly Finding[] }).diagnostics);
        } catch (cause) {
          reject(new Error(`oxlint gave no report: ${stdout.slice(0, 500)} ${stderr}`, { cause }));
        }
      },
    );
  });
}
