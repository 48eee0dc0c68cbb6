import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createIdentity } from "./identity/identity.ts";
import type { UserId } from "./ids/ids.ts";
import { silentLogger } from "./runtime/log.ts";
import { manualClock } from "./runtime/manual-clock.ts";
import { seededRandom } from "./runtime/random.ts";
import { reveal, secret } from "./secrets/secret.ts";
import { memoryStore } from "./store/memory-store.ts";
import { TokenVault } from "./token-vault.ts";

async function scene() {
  const clock = manualClock();
  const users = {
    me: async () => ({ id: "42" as UserId }),
    get: async () => ({ id: "42" as UserId }),
    validateNonce: async () => true,
  };
  const identity = createIdentity({ users, clock, random: seededRandom(1), appId: "1" });
  const store = memoryStore();
  await store.open({ incarnation: "first", now: 0, quietMs: 0, poisonAfter: 3 });
  const sealer = { seal: () => "sealed", open: () => secret("user-token", "token-of-42") };
  const vault = new TokenVault({ app: "1", identity, store, clock, logger: silentLogger, sealer });
  return { identity, store, vault };
}

test("a token that is kept while its player is being forgotten is not written down behind the deletion", async () => {
  const { identity, store, vault } = await scene();
  await identity.verifyToken("token-of-42");
  await vault.withoutKeeping("42", async () => {
    await store.forgetUser("1", "42", false);
    await vault.keep("42");
    identity.forgetUser("42");
  });
  expect(await store.sealedToken("1", "42")).toBeUndefined();
});

test("where the player could not be forgotten, the token that came meanwhile is written down", async () => {
  const { identity, store, vault } = await scene();
  await identity.verifyToken("token-of-42");
  const forgetting = vault.withoutKeeping("42", async () => {
    await vault.keep("42");
    throw new Error("still owed");
  });
  await expect(forgetting).rejects.toThrow("still owed");
  expect(await store.sealedToken("1", "42")).toBe("sealed");
});

test("a sealed token that was read before its player was forgotten is not taken back", async () => {
  const { identity, store, vault } = await scene();
  await store.keepToken("1", "42", "sealed", 0);
  const ready = vault.ready("42");
  const forgetting = vault.withoutKeeping("42", async () => identity.forgetUser("42"));
  await store.dropToken("1", "42");
  await forgetting;
  expect(await ready).toBe(false);
  expect(identity.tokenOf("42")).toBeUndefined();
});

test("tokens that are given on are in the other vault as its own secrets; those that came there already stay", async () => {
  const [older, newer] = [await scene(), await scene()];
  await older.identity.verifyToken("token-of-42");
  older.identity.restore("43", secret("user-token", "token-of-43"));
  newer.identity.restore("43", secret("user-token", "newer-token-of-43"));
  const given = older.vault.give();
  expect(inspect(given)).not.toMatch(/token-of/);
  newer.vault.receive(given);
  const held = ["42", "43"].map((user) => newer.vault.tokenOf(user));
  expect(held.map((token) => token && reveal(token))).toEqual(["token-of-42", "newer-token-of-43"]);
  expect(held[0]).not.toBe(given.tokens.get("42"));
  expect(["42", "43"].map((user) => older.vault.tokenOf(user))).toEqual([undefined, undefined]);
});
