import { readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { skipUnless } from "../../../../test/skip-with.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { firing, openAs, unlock } from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const newFile = temporaryFiles();

test("every file of a store is its owner's alone, whatever the umask allows", async (context) => {
  skipUnless(process.platform !== "win32", "Windows has no such modes")(context);
  const before = process.umask(0);
  const [path, copy] = [newFile(), newFile()];
  const store = sqliteStore(path);
  try {
    await openAs(store, "a");
    await store.accept([[firing(unlock())]]);
    await store.backup(copy);
    const folder = dirname(path);
    const modes = readdirSync(folder).map((name) => [name, statSync(`${folder}/${name}`).mode & 0o777] as const);
    const names = modes.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([path, `${path}-wal`, `${path}-lock`, copy].map((file) => basename(file))),
    );
    expect(modes.filter(([, mode]) => mode !== 0o600)).toEqual([]);
  } finally {
    process.umask(before);
    await store.close();
  }
});
