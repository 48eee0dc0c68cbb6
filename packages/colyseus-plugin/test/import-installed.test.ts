import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { importInstalled } from "../src/import-installed.ts";

let game: string;
beforeEach(async () => {
  game = await mkdtemp(join(tmpdir(), "questline-game-"));
  vi.spyOn(process, "cwd").mockReturnValue(game);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(game, { recursive: true });
});

const notFound = new Error("Cannot find package");
const fromHere = (): Promise<never> => Promise.reject(notFound);

async function install(name: string, code: string): Promise<void> {
  const folder = join(game, "node_modules", name);
  await mkdir(folder, { recursive: true });
  const exports = { ".": { import: "./module.mjs", require: "./common.cjs" } };
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, exports }));
  await writeFile(join(folder, "module.mjs"), code);
  await writeFile(join(folder, "common.cjs"), "exports.kind = 'CommonJS';");
}

test("what is found from here is taken from here", async () => {
  await install("theirs", "export const kind = 'module';");
  expect(await importInstalled("theirs", async () => ({ kind: "ours" }))).toEqual({ kind: "ours" });
});

test("what only the game's folder has is imported from there, as the game would", async () => {
  await install("theirs", "export const kind = 'module';");
  expect(await importInstalled<object>("theirs", fromHere)).toMatchObject({ kind: "module" });
});

test("what nobody has is the error of here", async () => {
  await expect(importInstalled("nobodys", fromHere)).rejects.toBe(notFound);
});

test("what breaks in the game's folder says how", async () => {
  await install("broken", "throw new Error('out of order');");
  await expect(importInstalled("broken", fromHere)).rejects.toThrow("out of order");
});
