import { expect, test } from "vitest";
import { world } from "./outbox-scene.ts";

const DAY = 86_400_000;
/** As `outcomeOfError` and `unreadOfError` put code 10 or 200 on the app's token. */
const refused = { status: "retryable", reason: "permission", afterMs: 2_000 } as const;

test("while the platform refuses the app a permission, lanes wait and one request at a time asks", async () => {
  const w = await world();
  w.platform.deliver = async (write) => {
    w.platform.writes.push(write);
    return refused;
  };
  for (let n = 0; n < 1_000; n += 1) {
    await w.accept({ kind: "unlock", target: `T${n}` }, { user: String(10100000000000001n + BigInt(n)) });
  }
  for (let s = 0; s < 300; s += 1) await w.clock.advance(1_000);
  const before = w.platform.writes.length;
  for (let s = 0; s < 60; s += 1) await w.clock.advance(1_000);
  expect((w.platform.writes.length - before) / 60).toBeLessThan(2);
});

test("and none dies of it", async () => {
  const w = await world({ maxAgeMs: DAY });
  w.platform.deliver = async () => refused;
  await w.accept({ kind: "unlock", target: "FIRST" });
  for (let h = 0; h < 26; h += 1) await w.clock.advance(DAY / 24);
  expect(await w.outbox.owed()).toMatchObject({ pending: 1, dead: 0 });
});
