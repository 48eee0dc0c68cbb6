import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A directory for the files of one test file, removed after it; answers a new path in it at each call. */
export function temporaryFiles(): () => string {
  const directory = mkdtempSync(join(tmpdir(), "questline-store-"));
  let files = 0;
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return () => join(directory, `${++files}.db`);
}
