import { expect, it } from "vitest";
import { QuestlineError } from "../errors/questline-error.ts";
import { asStoreError } from "./sqlite-errors.ts";

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
  const error = asStoreError(sqliteError(errcode), "/data/lanes.db");
  expect(error).toMatchObject({ code, message: expect.stringMatching(advice) });
  expect(error.message).toContain('"/data/lanes.db"');
});

it("lets our own errors through", () => {
  const error = new QuestlineError("bad_input", "no");
  expect(asStoreError(error, "x")).toBe(error);
});
