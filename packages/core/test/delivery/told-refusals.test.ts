import { expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import type { Outcome } from "../../src/intent/outcome.ts";
import { add, USER, world } from "./outbox-scene.ts";

interface Line {
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

async function scene(options: Parameters<typeof world>[0] = {}) {
  const warned: Line[] = [];
  const dead: Line[] = [];
  const ignore = (): void => undefined;
  const to = (lines: Line[]) => (fields: object, message: string) =>
    void lines.push({ fields: { ...fields }, message });
  const logger = { debug: ignore, info: ignore, warn: to(warned), error: to(dead) };
  const w = await world({ ...options, logger });
  /** Lines about what goes on being refused, not about the app as a whole. */
  const told = (): Line[] => warned.filter(({ message }) => message.includes("goes on"));
  return { ...w, told, warned, dead };
}

const unlock = (target: string): Intent => ({ kind: "unlock", target });
const other = (n: number): string => String(10100000000000001n + BigInt(n));
const policy: Outcome = { status: "retryable", reason: "permission", detail: "(#200) policy", afterMs: 2_000 };
const down: Outcome = { status: "retryable", reason: "platform-unavailable", detail: "Graph code 1" };

/** The platform refuses writes where `refuses` says so. */
function refuse(
  w: Awaited<ReturnType<typeof scene>>,
  outcome: Outcome,
  refuses: (user: string, name: string) => boolean,
) {
  const { deliver } = w.platform;
  w.platform.deliver = async (write, signal) => (refuses(write.user, write.name) ? outcome : deliver(write, signal));
}

async function pass(w: Awaited<ReturnType<typeof scene>>, seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s += 1) await w.clock.advance(1_000);
}

test.each([
  ["whose policy refuses us", policy, "permission", /server-authoritative/],
  ["that fails with code 1", down, "platform-unavailable", /maxAgeMs/],
])(
  "a target %s has one warning after ten seconds, with the platform's words and what to do",
  async (_, outcome, reason, advice) => {
    const w = await scene();
    refuse(w, outcome, (_user, name) => name === "CLIENTS");
    await w.accept(unlock("CLIENTS"));
    await pass(w, 9);
    expect(w.told()).toEqual([]);
    await w.accept(unlock("FINE"));
    await pass(w, 40);
    expect(w.told()).toMatchObject([
      {
        fields: { target: "CLIENTS", reason, detail: (outcome as { detail: string }).detail },
        message: expect.stringMatching(advice),
      },
    ]);
  },
);

test("a count that is ever in doubt has its warning as well", async () => {
  const w = await scene();
  refuse(w, { status: "ambiguous", reason: "platform-unavailable", detail: "Graph code 1" }, () => true);
  await w.accept(add(1n));
  await pass(w, 60);
  expect(w.told()).toMatchObject([{ fields: { target: "KILLS", detail: "Graph code 1" } }]);
});

test("one that fails for a moment has none", async () => {
  const w = await scene();
  let isDown = true;
  refuse(w, down, () => isDown);
  await w.accept(unlock("FIRST"));
  await pass(w, 3);
  isDown = false;
  await pass(w, 120);
  expect(w.platform.state("FIRST").unlocked).toBe(true);
  expect(w.told()).toEqual([]);
});

test("every target that is refused is named, once, whoever it was for", async () => {
  const w = await scene();
  refuse(w, policy, (_user, name) => name !== "FINE");
  for (const name of ["A", "B", "C", "FINE"]) await w.accept(unlock(name));
  for (let n = 1; n < 50; n += 1) await w.accept(unlock("A"), { user: other(n) });
  await pass(w, 50);
  expect(
    w
      .told()
      .map(({ fields }) => fields["target"])
      .sort(),
  ).toEqual(["A", "B", "C"]);
});

test("where others get through to the target, it is the player who is named", async () => {
  const w = await scene();
  refuse(w, policy, (user) => user === USER);
  await w.accept(unlock("A"));
  await w.accept(unlock("B"));
  for (let n = 1; n < 40; n += 1) {
    await w.accept(unlock("A"), { user: other(n) });
    await w.accept(unlock("B"), { user: other(n) });
    await pass(w, 1);
  }
  expect(w.told()).toMatchObject([
    { fields: { user: USER, reason: "permission" }, message: expect.stringContaining("player") },
  ]);
});

test("what follows is counted: a line a minute for each reason, and ever fewer", async () => {
  const w = await scene();
  const refused = new Set(Array.from({ length: 30 }, (_, n) => other(n)));
  w.platform.readProgress = async () => ({ status: "unread", reason: "refused-parameter", detail: "no such id" });
  for (const user of refused) await w.accept(unlock("A"), { user });
  await pass(w, 60);
  expect(w.told()).toHaveLength(1);
  await pass(w, 60);
  const [first, second, ...more] = w.told();
  expect(first).toMatchObject({ fields: { reason: "refused-parameter", detail: "no such id" } });
  expect(second).toMatchObject({ fields: { reason: "refused-parameter", users: 30, times: expect.any(Number) } });
  expect(more).toEqual([]);
  await pass(w, 1_200);
  expect(w.told().length).toBeLessThan(8);
});

test("it is said again when it comes back after it went well", async () => {
  const w = await scene();
  let isDown = true;
  refuse(w, down, () => isDown);
  await w.accept(add(1n, "A"));
  await pass(w, 20);
  isDown = false;
  await pass(w, 60);
  isDown = true;
  await w.accept(add(1n, "A"), { user: other(1) });
  await pass(w, 70);
  expect(w.told()).toHaveLength(2);
});

test("that the app is held back is said with the platform's words", async () => {
  const w = await scene();
  const credentials: Outcome = { status: "retryable", reason: "credentials", detail: "(#190) revoked", appWide: true };
  refuse(w, credentials, () => true);
  await w.accept(unlock("A"));
  await pass(w, 1);
  expect(w.warned).toMatchObject([{ fields: { state: "paused", reason: "credentials", detail: "(#190) revoked" } }]);
});

test("a lane whose progress cannot be read shows the platform's words, and so does one that waits for the same read", async () => {
  const w = await scene();
  w.platform.readProgress = async () => ({ status: "unread", reason: "permission", detail: "(#10) not approved" });
  await w.accept(unlock("A"));
  await pass(w, 1);
  await w.accept(unlock("B"));
  await w.clock.advance(0);
  const lanes = await w.store.inspect({ app: "1", user: USER });
  expect(lanes.map(({ key, reason, history }) => [key.target.name, reason, history.at(-1)?.detail])).toEqual([
    ["A", "permission", "(#10) not approved"],
    ["B", "permission", "(#10) not approved"],
  ]);
});

test("a verdict that cannot be read keeps the words, too", async () => {
  const w = await scene();
  w.platform.scripts.push("lost-after-effect");
  await w.accept(add(1n));
  await pass(w, 1);
  w.platform.readOne = async () => ({ status: "unread", reason: "permission", detail: "(#10) not approved" });
  await pass(w, 20);
  const [lane] = await w.store.inspect();
  expect(lane?.history.at(-1)).toMatchObject({ status: "verdict", detail: "unreadable: (#10) not approved" });
});

test("what is given up on is logged with the platform's words", async () => {
  const w = await scene();
  refuse(w, { status: "rejected", reason: "refused-parameter", detail: "(#100) odd" }, () => true);
  await w.accept(unlock("A"));
  await pass(w, 1);
  expect(w.dead).toMatchObject([{ fields: { reason: "refused-parameter", detail: "(#100) odd" } }]);
});

test("an outage of everything is one line about the app, not one for each target; what fails on afterwards is told anew", async () => {
  const w = await scene();
  let isDown = true;
  refuse(w, down, (_user, name) => isDown || name === "T0");
  for (let n = 0; n < 8; n += 1)
    for (let p = 0; p < 4; p += 1) await w.accept({ ...unlock(`T${n}`) }, { user: other(p) });
  await pass(w, 50);
  expect(w.told()).toEqual([]);
  await pass(w, 20);
  expect(w.told()).toHaveLength(1);
  expect(w.warned.filter(({ message }) => message.includes("The platform fails"))).toHaveLength(1);
  isDown = false;
  await pass(w, 240);
  expect(w.told().map(({ fields }) => fields["target"])).toContain("T0");
  expect(new Set(w.told().flatMap(({ fields }) => fields["target"] ?? [])).size).toBeLessThanOrEqual(2);
});
