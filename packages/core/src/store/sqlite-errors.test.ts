import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { QuestlineError } from "../errors/questline-error.ts";
import { NotYet } from "./not-yet.ts";
import { asStoreError } from "./sqlite-errors.ts";

/** In a directory that is there and may be written. */
const path = join(tmpdir(), "lanes.db");

/** As node:sqlite reports it: extended result codes carry the primary one in their low byte (sqlite.org/rescode.html). */
const sqliteError = (errcode: number): Error => Object.assign(new Error("told by SQLite"), { errcode });

it.each([
  [5, "store_locked", /another process/],
  [261, "store_locked", /another process/],
  [8, "store_unusable", /read-only/],
  [1032, "store_unusable", /read-only/],
  [778, "store_unusable", /check the disk/],
  [11, "store_unusable", /corrupt/],
  [13, "store_unusable", /disk is full/],
  [14, "store_unusable", /directory exists/],
  [26, "store_unusable", /not a SQLite database/],
  [1, "store_unusable", /told by SQLite/],
])("reads SQLite's code %i as %s with advice and the path", (errcode, code, advice) => {
  const error = asStoreError(sqliteError(errcode), path);
  expect(error).toMatchObject({ code, message: expect.stringMatching(advice) });
  expect(error.message).toContain(JSON.stringify(path));
});

it.each([
  [5, true],
  [8, true],
  [778, true],
  [13, true],
  [14, true],
  [11, false],
  [26, false],
  [3850, false],
  [1, false],
])("knows whether SQLite's code %i may pass: %s", (errcode, may) => {
  expect(asStoreError(sqliteError(errcode), path) instanceof NotYet).toBe(may);
});

it("says that a volume does not lock", () => {
  expect(asStoreError(sqliteError(3850), path).message).toMatch(/volume does not lock files.*local disk/);
});

it("lets our own errors through", () => {
  const error = new QuestlineError("bad_input", "no");
  expect(asStoreError(error, "x")).toBe(error);
});
