import { expect, test } from "vitest";
import { add, QUIET, USER, world } from "./outbox-scene.ts";

test("a lane that was forgotten stands on no read from before its last send", async () => {
  const w = await world({ retentionMs: 60_000 });
  w.platform.state("KILLS");
  // The player joins.
  await w.outbox.prefetch(USER);
  await w.clock.advance(10);
  await w.accept(add(5n));
  await w.clock.advance(10);
  expect(w.platform.state("KILLS").count).toBe(5n);
  await w.clock.advance(200_000);
  expect(await w.store.inspect()).toEqual([]);
  w.platform.scripts.push("lost-before-effect");
  await w.accept(add(5n));
  await w.clock.advance(20 * QUIET);
  expect(w.platform.state("KILLS").count).toBe(10n);
});

test.each(["assume-applied", "dead-letter"] as const)(
  "an unlock of ours is announced where the count that counts on is taken for foreign (%s)",
  async (onForeignWriter) => {
    const w = await world({ onForeignWriter, targets: { KILLS: 10n } });
    w.platform.scripts.push("lost-after-effect");
    await w.accept(add(12n), { keepsCounting: true });
    await w.clock.advance(10);
    expect(w.platform.state("KILLS").unlocked).toBe(true);
    w.platform.state("KILLS").count += 1n;
    await w.clock.advance(20 * QUIET);
    expect(await w.store.announcements("1", USER)).toHaveLength(1);
  },
);
