import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, expect, it } from "vitest";
import { skipUnless } from "../../../../test/skip-with.ts";
import { takeKernelName } from "../../src/runtime/kernel-name.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { acceptOne, count, firing, leaseOne, journalOf, openAs, T0 } from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextDirectory = temporaryFiles();
const stores: LaneStore[] = [];

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

function nextPath(): string {
  const directory = nextDirectory();
  mkdirSync(directory);
  return join(directory, "lanes.db");
}

async function opened(path: string): Promise<LaneStore> {
  const store = sqliteStore(path);
  stores.push(store);
  await openAs(store, "first");
  return store;
}

const outcome = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => "done",
    (error: unknown) => error,
  );

it("is one file by whatever name it is reached", async () => {
  const path = nextPath();
  const first = await opened(path);
  symlinkSync(path, `${path}.link`);
  symlinkSync(dirname(path), `${dirname(path)}.link`);
  const names = [`${path}.link`, `${dirname(path)}.link/lanes.db`, relative(process.cwd(), path)];
  for (const name of names) expect(await outcome(opened(name)), name).toMatchObject({ code: "store_locked" });
  await acceptOne(first, firing(count(1n)));
  await first.close();
  // The first to open it through a link leaves lock and mark beside the file, where everybody finds them.
  const linked = await opened(`${path}.link`);
  expect(existsSync(`${path}.link-lock`)).toBe(false);
  expect(await outcome(opened(path))).toMatchObject({ code: "store_locked" });
  await linked.close();
});

it("takes a file that does not exist yet through a link that leads nowhere yet", async () => {
  const path = nextPath();
  symlinkSync(path, `${path}.link`);
  await opened(`${path}.link`);
  expect(await outcome(opened(path))).toMatchObject({ code: "store_locked" });
});

it("says who holds the file, and what to do", async () => {
  const path = nextPath();
  await opened(path);
  expect(await outcome(opened(path))).toMatchObject({
    message: `The lane store ${JSON.stringify(path)} is held by another process or another store of this one (the last to open it was process ${process.pid} on ${JSON.stringify(hostname())}). One file serves one process: close the other, or give each a file of its own.`,
  });
  writeFileSync(`${path}-holder`, "anything else\n".repeat(1_000));
  expect(await outcome(opened(path))).toMatchObject({ message: /another store of this one\. One file/ });
});

it("leaves an empty lock and the mark behind, which keep nobody out", async () => {
  const path = nextPath();
  await (await opened(path)).close();
  expect(statSync(`${path}-lock`).size).toBe(0);
  expect(existsSync(`${path}-lock-journal`)).toBe(false);
  expect(readFileSync(`${path}-holder`, "utf8")).toBe(`process ${process.pid} on ${JSON.stringify(hostname())}\n`);
  await (await opened(path)).close();
});

it.each(["-lock", "-holder"])("stays held when its %s is deleted", async (companion) => {
  const path = nextPath();
  const store = await opened(path);
  rmSync(`${path}${companion}`);
  await acceptOne(store, firing(count(1n)));
  expect(await outcome(opened(path))).toMatchObject({ code: "store_locked" });
  await acceptOne(store, firing(count(1n)));
});

it("names the lock file where that one cannot be used", async () => {
  const path = nextPath();
  writeFileSync(`${path}-lock`, "match results, by hand\n".repeat(100));
  expect(await outcome(opened(path))).toMatchObject({
    code: "store_unusable",
    message: expect.stringContaining(JSON.stringify(`${path}-lock`)),
  });
});

it("writes and stages nothing once another holder has left its mark", async () => {
  const path = nextPath();
  const store = await opened(path);
  await acceptOne(store, firing(count(1n)));
  const lane = await leaseOne(store);
  const held = await store.inspect();
  writeFileSync(`${path}-holder`, `process 1 on "elsewhere"\n`);
  const lost = { code: "store_locked", message: expect.stringContaining(`process 1 on "elsewhere"`) };
  await expect(store.accept([[firing(count(1n))]])).rejects.toMatchObject(lost);
  await expect(store.lease(10, T0)).rejects.toMatchObject(lost);
  const staging = { lane: lane.id, leaseToken: lane.leaseToken, journal: journalOf(lane) };
  await expect(store.stage([staging])).rejects.toMatchObject(lost);
  await expect(store.backup(`${path}.copy`)).rejects.toMatchObject(lost);
  expect(await store.inspect()).toEqual(held);
});

it("takes nothing while its file is moved away, and has all of it there", async () => {
  const path = nextPath();
  const store = await opened(path);
  await acceptOne(store, firing(count(1n)));
  renameSync(path, `${path}.moved`);
  await expect(store.accept([[firing(count(1n))]])).rejects.toMatchObject({
    code: "store_unusable",
    message: /moved, deleted or replaced while it was in use/,
  });
  expect(await outcome(opened(`${path}.moved`))).toMatchObject({ code: "store_locked" });
  await store.close();
  const moved = await opened(`${path}.moved`);
  expect(await moved.inspect()).toMatchObject([{ seq: 1 }]);
});

it("keeps what it took when its file is moved away before it closes", async () => {
  const path = nextPath();
  const store = await opened(path);
  await acceptOne(store, firing(count(1n)));
  renameSync(path, `${path}.moved`);
  await store.close();
  expect(await (await opened(`${path}.moved`)).inspect()).toMatchObject([{ seq: 1 }]);
});

it("notices that its file is deleted or replaced when it is asked to look", async () => {
  const path = nextPath();
  const store = await opened(path);
  await store.stands();
  rmSync(path);
  const moved = { code: "store_unusable", message: expect.stringMatching(/moved, deleted or replaced/) };
  await expect(store.stands()).rejects.toMatchObject(moved);
  writeFileSync(path, "");
  await expect(store.stands()).rejects.toMatchObject(moved);
});

it("goes on when its file is put back", async () => {
  const path = nextPath();
  const store = await opened(path);
  renameSync(path, `${path}.moved`);
  expect(await outcome(store.accept([[firing(count(1n))]]))).toMatchObject({ code: "store_unusable" });
  renameSync(`${path}.moved`, path);
  await acceptOne(store, firing(count(1n)));
  await store.close();
  expect(await (await opened(path)).inspect()).toHaveLength(1);
});

it("lets no other store begin a new file in the place of one that is deleted while held", async () => {
  const path = nextPath();
  const store = await opened(path);
  rmSync(path);
  expect(await outcome(opened(path))).toMatchObject({ code: "store_locked" });
  expect(await outcome(store.accept([[firing(count(1n))]]))).toMatchObject({ code: "store_unusable" });
  await store.close();
  expect(await (await opened(path)).inspect()).toEqual([]);
});

it("refuses a file of several names, whose log would belong to one of them", async () => {
  const path = nextPath();
  await (await opened(path)).close();
  linkSync(path, `${path}.second`);
  for (const name of [path, `${path}.second`]) {
    expect(await outcome(opened(name))).toMatchObject({ code: "store_unusable", message: /hard links/ });
  }
  rmSync(`${path}.second`);
  await opened(path);
});

it("gives a name in the kernel to one at a time", (context) => {
  skipUnless(process.platform === "linux", "only Linux has such names")(context);
  const name = `questline-test:${process.pid}`;
  const first = takeKernelName(name);
  expect(takeKernelName(name)).toBe("taken");
  const second = takeKernelName(`${name}:2`);
  expect([first, second]).toEqual([{ release: expect.any(Function) }, { release: expect.any(Function) }]);
  if (typeof first === "object") first.release();
  const third = takeKernelName(name);
  expect(third).toEqual({ release: expect.any(Function) });
  for (const taken of [second, third]) if (typeof taken === "object") taken.release();
});
