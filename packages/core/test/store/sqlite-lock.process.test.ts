import { mkdirSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { skipUnless } from "../../../../test/skip-with.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { openAs } from "./lane-steps.ts";
import { killChildren, start } from "./start-child.ts";
import type { Child } from "./start-child.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextDirectory = temporaryFiles();
const stores: LaneStore[] = [];

afterEach(async () => {
  killChildren();
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

function nextPath(): string {
  const directory = nextDirectory();
  mkdirSync(directory);
  return `${directory}/lanes.db`;
}

async function opened(path: string): Promise<LaneStore> {
  const store = sqliteStore(path);
  stores.push(store);
  await openAs(store, "parent");
  return store;
}

/** How opening it ends. */
const outcome = (path: string): Promise<unknown> =>
  opened(path).then(
    () => "opened",
    (error: unknown) => error,
  );

async function held(path: string, under: readonly string[] = []): Promise<Child> {
  const child = start("copies", path, { under });
  await child.line("open");
  return child;
}

const copiesWhatever =
  process.platform === "linux" ? ["copyFile", "readFile", "cp", "archive"] : ["copyFile", "readFile"];

it.each(copiesWhatever)("refuses a second process after the first has copied its own file by %s", async (how) => {
  const path = nextPath();
  const child = await held(path);
  expect(await child.tell("accept")).toBe("did accept");
  expect(await child.tell(how)).toBe(`did ${how}`);
  expect(await outcome(path)).toMatchObject({ code: "store_locked" });
  expect(await child.tell("accept")).toBe("did accept");
  await child.kill();
  expect(new Set((await (await opened(path)).inspect()).map(({ seq }) => seq))).toEqual(new Set([2]));
});

it("lets one of many that start at once have the file, and the next one when that is killed", async () => {
  const path = nextPath();
  for (let round = 0; round < 2; round += 1) {
    const starters = Array.from({ length: 4 }, () => start("holds", path));
    const said = await Promise.all(starters.map((starter) => starter.line("")));
    expect(said.toSorted()).toEqual(["failed store_locked", "failed store_locked", "failed store_locked", "open"]);
    const winner = starters[said.indexOf("open")];
    const loser = starters[said.indexOf("failed store_locked")];
    if (round === 0) expect(await loser?.line("because")).toMatch(/held by another process/);
    await winner?.kill();
  }
});

const ownNetwork = ["unshare", "--net"];
const canUnshare = process.platform === "linux" && spawnSync("unshare", ["--net", "true"]).status === 0;

describe("in a network namespace of its own, where a name in the kernel is no help", () => {
  beforeEach(skipUnless(canUnshare, "to make one takes root and unshare"));

  it("is refused by the lock file after the first has copied the file itself", async () => {
    const path = nextPath();
    const child = await held(path, ownNetwork);
    await child.tell("copyFile");
    expect(await outcome(path)).toMatchObject({ code: "store_locked" });
  });

  it("is noticed by the first, which takes nothing more, after that has copied the whole directory", async () => {
    const path = nextPath();
    const child = await held(path, ownNetwork);
    await child.tell("accept");
    await child.tell("cp");
    const second = await opened(path);
    expect(await child.tell("accept")).toBe("did accept store_locked");
    await child.kill();
    expect(new Set((await second.inspect()).map(({ seq }) => seq))).toEqual(new Set([1]));
  });
});

const isRoot = process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status === 0;

it("says so where the directory may not be written", async (context) => {
  skipUnless(isRoot, "to be another user takes root")(context);
  const path = nextPath();
  const child = start("holds", path, { under: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] });
  expect(await child.line("failed")).toBe("failed store_unusable");
  expect(await child.line("because")).toMatch(/may not be (entered|read and written) by this process/);
});
