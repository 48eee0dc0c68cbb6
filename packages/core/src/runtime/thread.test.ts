import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { threadFile, threadFlags } from "./thread.ts";

const directory = mkdtempSync(join(tmpdir(), "questline-thread-"));
afterAll(() => rmSync(directory, { recursive: true }));
writeFileSync(join(directory, "thread.js"), "");
const moduleUrl = (name: string): string => pathToFileURL(join(directory, name)).href;

it.each([
  ["a module beside it", moduleUrl("engine.js"), true],
  ["a module that was loaded again", `${moduleUrl("engine.js")}?t=1`, true],
  ["a bundle elsewhere", "file:///nowhere/bundle.js", false],
  ["a bundle of CommonJS, which has no URL", undefined, false],
  ["a module of another kind", "data:text/javascript,1", false],
])("finds a thread's file from %s: %s, %s", (_, url, isFound) => {
  expect(threadFile("thread", url)?.pathname.endsWith("/thread.js") ?? false).toBe(isFound);
});

it.each([
  [["--max-old-space-size=512", "--conditions=x", "--watch"], undefined],
  [["--input-type=module", "--eval", "--import"], []],
  [
    ["-e", "1", "--import", "./a.mjs", "-C", "x", "--max-old-space-size=512"],
    ["--import", "./a.mjs", "-C", "x"],
  ],
  [["--conditions=x", "-p", "1"], ["--conditions=x"]],
])("of %j a thread is given %j", (flags, kept) => {
  expect(threadFlags(flags)).toEqual(kept);
});
