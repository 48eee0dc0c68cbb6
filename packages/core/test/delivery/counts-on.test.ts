import { describe, expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import type { Write } from "../../src/delivery/platform.ts";
import { add, QUIET, USER, world } from "./outbox-scene.ts";

const unlock: Intent = { kind: "unlock", target: "KILLS" };
const keepsCounting = true;
type World = Awaited<ReturnType<typeof world>>;

/** After an unlock the platform's counter stops at the target, or where it is. */
function limit(w: World, how: "caps" | "freezes"): void {
  const { deliver } = w.platform;
  w.platform.deliver = async (write: Write, signal) => {
    const state = w.platform.state(write.name);
    const before = { ...state };
    const outcome = await deliver(write, signal);
    if (how === "freezes" && (before.unlocked || state.unlocked)) state.count = before.count;
    if (how === "caps" && state.count > state.target) state.count = state.target;
    return outcome;
  };
}

describe("an achievement that counts on after its unlock", () => {
  test.each(["lost-after-effect", "lost-before-effect"] as const)(
    "gets its count although an unlock with it and one before were %s",
    async (script) => {
      const w = await world();
      w.platform.scripts.push("lost-after-effect", script);
      await w.accept(unlock, { keepsCounting });
      await w.clock.advance(0);
      await w.accept(add(5n), { keepsCounting });
      await w.clock.advance(4 * QUIET);
      expect(w.platform.state("KILLS")).toMatchObject({ count: 5n, unlocked: true });
      expect(await w.store.announcements("1", USER)).toHaveLength(1);
      expect(w.ended.map(({ record }) => record.how)).not.toContain("dead");
    },
  );

  test.each(["caps", "freezes"] as const)(
    "is announced once on a platform that %s, and nothing of it dies",
    async (how) => {
      const w = await world({ targets: { KILLS: 10n } });
      limit(w, how);
      await w.accept(add(8n), { keepsCounting });
      await w.clock.advance(1_000);
      w.platform.scripts.push("lost-after-effect", "answer", "lost-after-effect");
      for (const n of [5n, 6n, 7n]) {
        await w.accept(add(n), { keepsCounting });
        await w.clock.advance(4 * QUIET);
      }
      expect(w.ended.map(({ record }) => record.how)).not.toContain("dead");
      expect(await w.outbox.owed()).toMatchObject({ pending: 0, inFlight: 0, inDoubt: 0, dead: 0 });
      expect((await w.store.announcements("1", USER)).map(({ id }) => id)).toEqual(["KILLS:0"]);
      expect(w.ended.filter(({ unlocked }) => unlocked)).toHaveLength(1);
    },
  );
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
