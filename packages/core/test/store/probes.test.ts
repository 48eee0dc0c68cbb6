import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { probedSqliteStore } from "../../src/store/probed-store.ts";
import { acceptOne, count, delivered, endOne, firing, leaseOne, openAs, stageOne } from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();

it("tells its probe of every named instant of the store, in order", async () => {
  const written = nextPath();
  const probe = new URL("./writing-probe.ts", import.meta.url);
  probe.searchParams.set("file", written);
  const store = probedSqliteStore(nextPath(), {}, probe);
  const points = (): string[] => readFileSync(written, "utf8").trim().split("\n");
  await openAs(store, "first");
  await acceptOne(store, firing(count(1n)));
  expect(points()).toEqual(["accept:before-commit", "accept:after-commit"]);
  await stageOne(store, await leaseOne(store));
  expect(points().slice(2)).toEqual(["stage:before-commit", "stage:after-commit"]);
  await openAs(store, "second");
  expect(points().slice(4)).toEqual(["recovery"]);
  await acceptOne(store, firing(count(1n), { user: "7002" }));
  await endOne(store, await leaseOne(store), delivered);
  expect(points().slice(7)).toEqual(["settle:before-commit", "settle:after-commit"]);
  for (let user = 0; user < 64; user += 1) await acceptOne(store, firing(count(1n), { user: `8${user}` }));
  expect(points().filter((point) => point === "checkpoint")).toHaveLength(1);
  await store.close();
  expect(points().at(-1)).toBe("checkpoint");
});
