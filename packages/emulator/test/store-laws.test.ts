import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { get, idOf, post } from "./graph-client.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ clock: frozenClock() });
});
afterAll(() => emulator.close());

type Step = "buy" | "consume" | "refund" | "verify";
const step = fc.constantFrom<Step>("buy", "consume", "refund", "verify");

describe("laws of the store", { timeout: 30_000 }, () => {
  it("units owned are units bought, less those consumed and refunded", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        emulator.reset();
        const user_id = idOf(emulator, "ada");
        const about = { user_id, sku: "GEMS_50" };
        let owned = 0;
        for (const each of steps) {
          if (each === "buy") {
            emulator.world.store.buy(user_id, "GEMS_50");
            owned += 1;
          } else if (each === "verify") {
            expect((await post(emulator, "/1/verify_entitlement", about)).body.success).toBe(owned > 0);
          } else {
            const path = each === "consume" ? "/1/consume_entitlement" : "/1/refund_iap_entitlement";
            const { body } = await post(emulator, path, { ...about, reason: "other" });
            expect(body.success === true).toBe(owned > 0);
            if (owned > 0) owned -= 1;
          }
        }
        expect((await get(emulator, `/1/viewer_purchases?user_id=${user_id}`)).body.data).toHaveLength(owned);
      }),
      { numRuns: 25 },
    );
  });

  it("extensions add up, and never beyond ten years", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 365 }), { maxLength: 30 }), async (days) => {
        emulator.reset();
        const owner_id = idOf(emulator, "ada");
        const { periodEnd } = emulator.world.store.subscribe(owner_id, "CLUB");
        let granted = 0;
        for (const number_of_days of days) {
          const parameters = { owner_id, sku: "CLUB", number_of_days: String(number_of_days) };
          const { body } = await post(emulator, "/application/extend_subscription", parameters);
          expect(body.success === true).toBe(granted + number_of_days <= 3_650);
          if (body.success === true) granted += number_of_days;
        }
        const [subscription] = emulator.world.store.subscriptions(owner_id);
        expect(subscription).toMatchObject({ extendedDays: granted, dueAt: periodEnd + granted * 86_400_000 });
        expect(emulator.oracle.subscription(owner_id, "CLUB").extendedDays).toBe(granted);
      }),
      { numRuns: 15 },
    );
  });

  it("a ban that is lifted leaves the list, and pages show every ban once", async () => {
    const devices = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.boolean()), {
      selector: ([name]) => name,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(devices, async (all) => {
        emulator.reset();
        const banned = new Set<string>();
        for (const [name, lifted] of all) {
          const unique_id = emulator.world.devices.uniqueId(name);
          const ban = { unique_id, is_banned: "true", remaining_time_in_minute: "9" };
          banned.add((await post(emulator, "/platform_integrity/device_ban", ban)).body.ban_id);
          if (!lifted) continue;
          await post(emulator, "/platform_integrity/device_ban", { unique_id, is_banned: "false" });
          banned.delete([...banned].at(-1) ?? "");
        }
        const seen: string[] = [];
        let path: string | undefined = "/platform_integrity/device_ban_ids?limit=2";
        while (path !== undefined) {
          const { body }: { body: any } = await get(emulator, path);
          for (const { ban_id } of body.data[0].all_ban_ids) seen.push(ban_id);
          path = body.paging?.next?.slice(emulator.url.length);
        }
        expect(seen).toEqual([...banned]);
      }),
      { numRuns: 15 },
    );
  });
});
