import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createIdentity, type Identity, type IdentityOptions } from "./identity.ts";
import type { VerifiedUser } from "./verified-user.ts";
import { NotFoundError, PermissionError, PlatformUnavailableError, UserTokenError } from "../errors/refused-errors.ts";
import { AmbiguousError, NoAnswerError } from "../errors/unanswered-errors.ts";
import type { UserId } from "../ids/ids.ts";
import { manualClock, type ManualClock } from "../runtime/manual-clock.ts";
import { seededRandom } from "../runtime/random.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

const facts = { operation: "users", applied: "no", transient: false, retryable: false } as const;

/** A platform of one app: tokens `token-of-<id>` are good, users below 100 are of this app, nonce `good` is good. */
class FakeUsers {
  readonly asked = { me: 0, get: 0, validateNonce: 0 };
  fault: Error | undefined;

  async me(token: Secret): Promise<VerifiedUser> {
    this.asked.me += 1;
    this.#failIfTold();
    const id = /^token-of-(\d+)(?:-again)?$/.exec(reveal(token))?.[1];
    if (id === undefined) throw new UserTokenError("190", facts);
    return { id: id as UserId };
  }

  async get(userId: string): Promise<VerifiedUser> {
    this.asked.get += 1;
    this.#failIfTold();
    if (Number(userId) >= 100) throw new NotFoundError("100/33", facts);
    return { id: userId as UserId, alias: `player ${userId}` };
  }

  async validateNonce(_userId: string, nonce: Secret): Promise<boolean> {
    this.asked.validateNonce += 1;
    this.#failIfTold();
    return reveal(nonce) === "good";
  }

  #failIfTold(): void {
    if (this.fault !== undefined) throw this.fault;
  }
}

function setUp(options: Partial<IdentityOptions> = {}): { users: FakeUsers; clock: ManualClock; identity: Identity } {
  const users = new FakeUsers();
  const clock = manualClock();
  return { users, clock, identity: createIdentity({ users, clock, random: seededRandom(1), appId: "1", ...options }) };
}

const outage = new PlatformUnavailableError("HTTP 503", { ...facts, transient: true });

test("a good token names its player, and is kept for that player", async () => {
  const { identity, users } = setUp();

  expect(await identity.verifyToken("token-of-42")).toEqual({ id: "42", alias: "player 42" });
  expect(reveal(identity.tokenOf("42") as Secret)).toBe("token-of-42");
  expect(identity.tokenOf("43")).toBeUndefined();
  expect(users.asked).toMatchObject({ me: 1, get: 1 });
});

test("concurrent and later callers cost one question", async () => {
  const { identity, users, clock } = setUp();
  await Promise.all([identity.verifyToken("token-of-42"), identity.verifyToken("token-of-42")]);
  await clock.advance(8 * 60_000);
  await identity.verifyToken("token-of-42");
  expect(users.asked).toMatchObject({ me: 1, get: 1 });

  await clock.advance(2 * 60_000);
  await identity.verifyToken("token-of-42");
  expect(users.asked).toMatchObject({ me: 2, get: 2 });
});

test("a refused token is refused from memory for a short while", async () => {
  const { identity, users, clock } = setUp();

  await expect(identity.verifyToken("bad")).rejects.toMatchObject({ code: "identity_refused", refusal: "token" });
  await expect(identity.verifyToken("bad")).rejects.toMatchObject({ code: "identity_refused", refusal: "token" });
  expect(users.asked.me).toBe(1);
  await clock.advance(10_000);
  await expect(identity.verifyToken("bad")).rejects.toMatchObject({ code: "identity_refused" });
  expect(users.asked.me).toBe(2);
});

test("a token that is good at another app is refused", async () => {
  const { identity, users } = setUp();

  const refused = {
    name: "IdentityRefusedError",
    code: "identity_refused",
    refusal: "other-app",
    message: /another app, or of account linking/,
  };
  await expect(identity.verifyToken("token-of-500")).rejects.toMatchObject(refused);
  await expect(identity.verifyToken("token-of-500")).rejects.toMatchObject(refused);
  expect(users.asked).toMatchObject({ me: 1, get: 1 });
  expect(identity.tokenOf("500")).toBeUndefined();
});

test("an outage is nobody's refusal", async () => {
  const { identity, users } = setUp();
  users.fault = outage;
  await expect(identity.verifyToken("token-of-42")).rejects.toBe(outage);
  users.fault = undefined;

  expect(await identity.verifyToken("token-of-42")).toMatchObject({ id: "42" });
});

test("an outage between the two questions does not ask the first one again", async () => {
  const { identity, users } = setUp();
  const get = users.get.bind(users);
  users.get = () => Promise.reject(outage);
  await expect(identity.verifyToken("token-of-42")).rejects.toBe(outage);
  users.get = get;

  await identity.verifyToken("token-of-42");
  expect(users.asked.me).toBe(1);
});

test.each(["", "two words", "a\nb", "x".repeat(5_000), 5 as unknown as string])(
  "token %# is refused unasked",
  async (token) => {
    const { identity, users } = setUp();

    await expect(identity.verifyToken(token)).rejects.toMatchObject({ code: "bad_input" });
    expect(users.asked.me).toBe(0);
  },
);

test("a provided token must be the same user's", async () => {
  const { identity } = setUp();

  expect(await identity.provideToken("42", "token-of-42")).toMatchObject({ id: "42" });
  await expect(identity.provideToken("43", "token-of-42")).rejects.toMatchObject({ refusal: "other-user" });
  expect(identity.tokenOf("43")).toBeUndefined();
  await expect(identity.provideToken("4x", "token-of-42")).rejects.toMatchObject({ code: "bad_input" });
});

test("a forgotten token is gone and not asked about at once; a fresh one takes its place", async () => {
  const { identity, users } = setUp();
  await identity.verifyToken("token-of-42");
  const refused = identity.tokenOf("42");
  identity.forget("42", refused);

  expect(identity.tokenOf("42")).toBeUndefined();
  await expect(identity.verifyToken("token-of-42")).rejects.toMatchObject({ code: "identity_refused" });
  expect(users.asked.me).toBe(1);
  await identity.provideToken("42", "token-of-42-again");
  expect(reveal(identity.tokenOf("42") as Secret)).toBe("token-of-42-again");
});

test("a late refusal of an old token does not touch the fresh one", async () => {
  const { identity } = setUp();
  await identity.verifyToken("token-of-42");
  const old = identity.tokenOf("42") as Secret;
  await identity.provideToken("42", "token-of-42-again");
  identity.forget("42", old);

  expect(reveal(identity.tokenOf("42") as Secret)).toBe("token-of-42-again");
});

test("a token refused while it is being verified is not accepted", async () => {
  const { identity, users } = setUp();
  await identity.verifyToken("token-of-42");
  const token = identity.tokenOf("42") as Secret;
  identity.forget("42");
  const fresh = setUp();
  const get = fresh.users.get.bind(fresh.users);
  fresh.users.get = async (id) => {
    fresh.identity.forget("42", token);
    return get(id);
  };

  await expect(fresh.identity.verifyToken("token-of-42")).rejects.toMatchObject({ code: "identity_refused" });
  expect(fresh.identity.tokenOf("42")).toBeUndefined();
  expect(users.asked.me).toBe(1);
});

test.each(["me", "get"] as const)("a token whose player is forgotten before `%s` answers is not kept", async (call) => {
  const { identity, users } = setUp();
  const ask = users[call].bind(users) as (given: never) => Promise<VerifiedUser>;
  const answered = Promise.withResolvers<void>();
  users[call] = async (given: never) => {
    const answer = await ask(given);
    await answered.promise;
    return answer;
  };
  const verified = identity.verifyToken("token-of-42");
  const others = identity.verifyToken("token-of-43");
  await new Promise(setImmediate);
  identity.forgetUser("42");
  const again = identity.verifyToken("token-of-42-again");
  answered.resolve();

  expect([await verified, await others]).toEqual([
    { id: "42", alias: "player 42" },
    { id: "43", alias: "player 43" },
  ]);
  await again;
  // The one that began afterwards is.
  expect(reveal(identity.tokenOf("42") as Secret)).toBe("token-of-42-again");
  expect(reveal(identity.tokenOf("43") as Secret)).toBe("token-of-43");
  const asked = users.asked.me;
  await identity.verifyToken("token-of-42");
  expect(users.asked.me).toBe(asked + 1);
});

test("who verifies the same token after its player was forgotten does not join who began before", async () => {
  const { identity } = setUp();
  const before = identity.verifyToken("token-of-42");
  await Promise.resolve();
  identity.forgetUser("42");
  await identity.verifyToken("token-of-42");
  await before;
  expect(reveal(identity.tokenOf("42") as Secret)).toBe("token-of-42");
});

test("tokens are kept for a bounded number of players, the latest used", async () => {
  const { identity } = setUp({ maxUsers: 2 });
  for (const id of ["1", "2", "3"]) await identity.verifyToken(`token-of-${id}`);

  expect([identity.tokenOf("1"), identity.tokenOf("2") !== undefined, identity.tokenOf("3") !== undefined]).toEqual([
    undefined,
    true,
    true,
  ]);
});

test("a token that the platform will not speak about is not asked about again at once", async () => {
  const { identity, users, clock } = setUp();
  users.fault = new PermissionError("(#10) not for this app", facts);

  for (let time = 0; time < 5; time += 1)
    await expect(identity.verifyToken("token-of-42")).rejects.toMatchObject({ code: "permission" });
  expect(users.asked.me).toBe(1);
  await clock.advance(10_000);
  users.fault = undefined;
  expect(await identity.verifyToken("token-of-42")).toMatchObject({ id: "42" });
});

test("no number of wrong tokens pushes out what is known of good ones", async () => {
  const { identity, users } = setUp({
    maxUsers: 10,
    limits: { mostPerMinute: 100_000, mostPerMinuteFromOne: 1, mostAtOnce: 8 },
  });
  await identity.verifyToken("token-of-42");
  for (let wrong = 0; wrong < 100; wrong += 1)
    await expect(identity.verifyToken(`wrong-${wrong}`)).rejects.toMatchObject({ refusal: "token" });
  const { me } = users.asked;
  expect(await identity.verifyToken("token-of-42")).toMatchObject({ id: "42" });
  expect(users.asked.me).toBe(me);
});

test("a nonce is sent once and lets one caller in, also while the platform is still asked", async () => {
  const { identity, users } = setUp();

  const together = await Promise.allSettled(Array.from({ length: 5 }, () => identity.verifyNonce("42", "good")));
  expect(together.filter(({ status }) => status === "fulfilled")).toEqual([
    { status: "fulfilled", value: { id: "42" } },
  ]);
  await expect(identity.verifyNonce("42", "good")).rejects.toThrow(/used before/);
  await expect(identity.verifyNonce("42", "good")).rejects.toMatchObject({ refusal: "nonce" });
  await expect(identity.verifyNonce("42", "bad")).rejects.toThrow(/platform refused the nonce/);
  expect(users.asked.validateNonce).toBe(2);
});

test("after an ambiguous end the same nonce is not sent again", async () => {
  const { identity, users } = setUp();
  users.fault = new AmbiguousError("unknown: ask for a fresh nonce", { ...facts, applied: "maybe" });

  await expect(identity.verifyNonce("42", "good")).rejects.toMatchObject({ code: "ambiguous" });
  users.fault = undefined;
  await expect(identity.verifyNonce("42", "good")).rejects.toMatchObject({
    code: "identity_refused",
    refusal: "nonce",
  });
  expect(users.asked.validateNonce).toBe(1);
});

test("a nonce that never left may be tried again", async () => {
  const { identity, users } = setUp();
  users.fault = new NoAnswerError("refused", { ...facts, transient: true, retryable: true });

  await expect(identity.verifyNonce("42", "good")).rejects.toMatchObject({ code: "no_answer" });
  users.fault = undefined;
  expect(await identity.verifyNonce("42", "good")).toEqual({ id: "42" });
});

test.each([
  ["4x", "good"],
  ["42", ""],
  ["42", "white space"],
])("nonce call %# is refused unasked", async (userId, nonce) => {
  const { identity, users } = setUp();

  await expect(identity.verifyNonce(userId, nonce)).rejects.toMatchObject({ code: "bad_input" });
  expect(users.asked.validateNonce).toBe(0);
});

test("no token can be read from an identity", async () => {
  const { identity } = setUp();
  await identity.verifyToken("token-of-42");

  expect(inspect(identity, { depth: 20, showHidden: true })).not.toContain("token-of-42");
  expect(inspect(identity.tokenOf("42"), { showHidden: true })).not.toContain("token-of-42");
});

test.each([{ appId: "x" }, { maxUsers: 0 }])("options %o are refused", (options) => {
  expect(() => setUp(options)).toThrow(expect.objectContaining({ code: "bad_input" }));
});
