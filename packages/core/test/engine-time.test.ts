import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { deliveryPolicy } from "../src/delivery/policy.ts";
import { engineFile, engineIn } from "../src/engine/engine.ts";
import { systemClock } from "../src/runtime/clock.ts";
import { silentLogger } from "../src/runtime/log.ts";
import { storeFile } from "../src/store/sqlite-store.ts";

const directory = mkdtempSync(join(tmpdir(), "questline-time-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const DAY = 86_400_000;

test("the store lives no faster than its thread, whatever the game thread takes the time for", async () => {
  const path = join(directory, "one.db");
  // As steadyClock leaves it where the wall clock was nine days ahead as the game started, and the thread started later.
  const clock = { ...systemClock, now: () => systemClock.now() + 9 * DAY };
  const file = engineFile();
  if (file === undefined) throw new TypeError("The engine's thread has no file.");
  const engine = engineIn({
    file,
    start: {
      store: { file: storeFile(path, {}) },
      app: "1",
      secret: "s",
      graph: { baseUrl: "http://127.0.0.1:9" },
      policy: deliveryPolicy({}),
      own: { achievements: {}, leaderboards: {} },
      sabotage: undefined,
    },
    clock,
    logger: silentLogger,
  });
  await engine.delivery.open();
  // What TokenVault.keep does.
  await engine.store.keepToken("1", "7001", "sealed", clock.now());
  await engine.delivery.close(0);
  const database = new DatabaseSync(path);
  const lived = String(database.prepare("SELECT value FROM meta WHERE name = 'lived'").get()?.["value"]);
  database.close();
  expect((Number(lived.split(",")[0]) - systemClock.now()) / DAY).toBeCloseTo(0, 1);
});
