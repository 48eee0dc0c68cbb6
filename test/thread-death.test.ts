import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BroadcastChannel } from "node:worker_threads";
import { count, createQuestline, each, oncePerMatch, simple, systemClock } from "@questline/core";
import type { Logger, Questline } from "@questline/core";
import { probedSqliteStore } from "@questline/core/testing";
import { createEmulator } from "@questline/emulator";
import type { Emulator, Seed } from "@questline/emulator";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ProgramEnd, startProgram } from "./running-program.ts";

const USER = "80000000000000001";
const server = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;
const seed: Seed = {
  apps: [
    {
      id: "1",
      secret: "test-secret",
      achievements: [
        { api_name: "FIRST_WIN", achievement_type: "SIMPLE", ...server },
        { api_name: "KILLS", achievement_type: "COUNT", target: 1_000_000, ...server },
        { api_name: "HITS", achievement_type: "COUNT", target: 1_000_000, ...server },
      ],
    },
  ],
  users: [{ alias: "amber", ids: { "1": USER } }],
};

interface Ambush {
  readonly at?: string;
  readonly nth?: number;
  /** In the first thread that comes there alone. */
  readonly once?: boolean;
}

let folder: string;
let emulator: Emulator;
let channel: BroadcastChannel;
const running: Questline[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-death-"));
  channel = new BroadcastChannel(folder);
  emulator = await createEmulator({ seed });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((questline) => questline.close({ timeoutMs: 0 })));
  channel.close();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

interface Logged {
  readonly level: keyof Logger;
  readonly message: string;
  readonly text: string;
}

/** A Questline whose thread lies in its own ambush; waits before a restart are a hundredth of what they are. */
function start({ at, nth = 1, once = true }: Ambush = {}) {
  const probe = new URL("programs/deadly-probe.mjs", import.meta.url);
  probe.searchParams.set("tell", folder);
  if (at !== undefined) probe.searchParams.set("at", at);
  if (once) probe.searchParams.set("mark", join(folder, "died"));
  probe.searchParams.set("nth", String(nth));
  const logged: Logged[] = [];
  const log = (level: keyof Logger) => (fields: object, message: string) =>
    void logged.push({ level, message, text: JSON.stringify({ ...fields, message }) });
  const questline = createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: probedSqliteStore(join(folder, "questline.db"), {}, probe),
    graph: { baseUrl: emulator.url, timeoutMs: 2_000 },
    // No lane is to blame for what happens to its thread here.
    delivery: {
      windowMs: 0,
      quietPeriodMs: 200,
      takeoverQuietMs: 200,
      backoffMs: 20,
      maxBackoffMs: 50,
      poisonAfter: 1_000,
    },
    clock: { ...systemClock, after: (ms, wake) => systemClock.after(ms / 100, wake) },
    logger: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    achievements: { FIRST_WIN: simple(), KILLS: count(1_000_000), HITS: count(1_000_000) },
    events: { matchEnded: oncePerMatch<object>(), kill: each<object>(), hit: each<object>() },
    rules: {
      matchEnded: ({ unlock }) => [unlock("FIRST_WIN")],
      kill: ({ addCount }) => [addCount("KILLS", 1)],
      hit: ({ addCount }) => [addCount("HITS", 1)],
    },
  });
  running.push(questline);
  const errors = (): readonly Logged[] => logged.filter(({ level }) => level === "error");
  return { questline, errors };
}

/** Waits for what threads bring about. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1_500; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not come to that");
}

/** Everything delivered, verdicts included. */
async function delivered(questline: Questline): Promise<void> {
  await until(async () => {
    void questline.flush().catch(() => undefined);
    return (await questline.owed()).owed === 0;
  });
}

const writtenTo = (achievement: string): { readonly added: bigint; readonly count: bigint } => ({
  added: emulator.oracle.achievement(USER, achievement)?.added ?? 0n,
  count: emulator.world.progress(USER, achievement)?.count ?? 0n,
});

test.each([
  ["exit", "exit code 3"],
  ["throw", "nobody catches what"],
  ["limit", "ERR_WORKER_OUT_OF_MEMORY"],
])("a thread that ends idle (%s) is told of once, at once, and goes on", async (death, cause) => {
  const { questline, errors } = start();
  expect(questline.health()).toEqual({ status: "opening", restarts: 0 });
  await questline.ready;
  await questline.match("m-1").report(USER, "matchEnded", {}).settled;
  expect(questline.health()).toEqual({ status: "running", restarts: 0 });

  channel.postMessage(death);
  await until(() => errors().length > 0);
  expect(errors().map(({ text }) => text)).toEqual([expect.stringContaining(cause)]);
  expect(errors()[0]?.text).toContain("it is started again");
  expect(errors()[0]?.text).not.toContain("test-secret");

  const receipt = questline.match("m-2").report(USER, "kill", {}, { id: "k-1" });
  expect(await receipt.durable).toEqual({ status: "accepted" });
  expect(await receipt.settled).toMatchObject([{ status: "delivered" }]);
  expect(questline.health()).toEqual({ status: "running", restarts: 1 });
  expect(questline.stats()).toMatchObject({ delivered: 2, intents: 2 });
  expect(await questline.match("m-1").report(USER, "matchEnded", {}).durable).toEqual({ status: "duplicate" });
  expect(errors()).toHaveLength(1);
});

/** How V8 ends a process that it cannot give memory to: which of the two, a thread or all of it, is its own choice. */
const ABORTED: readonly unknown[] = ["SIGABRT", "SIGTRAP"];

async function life(death: "memory" | "abort" | "none"): Promise<ProgramEnd> {
  const program = fileURLToPath(new URL("programs/run-out-of-memory.ts", import.meta.url));
  const args = [program, folder, emulator.url, USER, death];
  await using running = startProgram(["--conditions=questline-source", "--no-warnings", ...args], { cwd: folder });
  return await running.ended;
}

/** What a life that came to its end says, however often its thread ended. */
function expectWhole({ code, signal, stdout }: ProgramEnd, restarts: number): void {
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  const { errors, ...seen } = JSON.parse(stdout) as { readonly errors: readonly string[] };
  expect(seen).toMatchObject({ settled: ["delivered"], again: "duplicate", health: { status: "running", restarts } });
  expect(errors).toHaveLength(restarts);
  for (const error of errors) {
    expect(error).toContain("ERR_WORKER_OUT_OF_MEMORY");
    expect(error).toContain("it is started again");
    expect(error).not.toContain("test-secret");
  }
}

test.each(["memory", "abort"] as const)(
  "memory that runs out (%s) doubles and loses nothing, whether the thread ends of it or the process",
  async (death) => {
    const first = await life(death);
    if (death === "memory" && !ABORTED.includes(first.signal)) {
      expectWhole(first, 1);
    } else {
      expect(ABORTED).toContain(first.signal);
      expectWhole(await life("none"), 0);
    }
    expect(writtenTo("KILLS")).toEqual({ added: 2n, count: 2n });
    expect(emulator.world.progress(USER, "FIRST_WIN")?.unlocked).toBe(true);
    const kept = await life("none");
    expect({ code: kept.code, signal: kept.signal }).toEqual({ code: 0, signal: null });
    expect(JSON.parse(kept.stdout)).toMatchObject({ durable: "duplicate", again: "duplicate", errors: [] });
    expect(writtenTo("KILLS")).toEqual({ added: 2n, count: 2n });
  },
);

test.each(["stage:before-commit", "stage:after-commit", "request:written", "answer:received", "settle:before-commit"])(
  "a thread that ends at %s doubles and loses nothing, and tells who waited how it ended",
  async (at) => {
    const { questline } = start({ at });
    await questline.ready;
    const receipts = Array.from({ length: 5 }, (_, n) =>
      questline.match("m-1").report(USER, "kill", {}, { id: `k-${n}` }),
    );
    const settled = Promise.all(receipts.map((receipt) => receipt.settled));
    await until(() => questline.health().restarts === 1);
    const flushed = questline.flush();
    expect((await questline.owed()).owed).toBeLessThanOrEqual(1);
    await delivered(questline);
    await flushed;
    expect(await settled).toEqual(receipts.map(() => [expect.objectContaining({ status: "delivered" })]));
    expect(writtenTo("KILLS")).toEqual({ added: 5n, count: 5n });
  },
);

test.each([
  { at: "accept:before-commit", kept: 0n, durable: "accepted" },
  { at: "accept:after-commit", kept: 3n, durable: "duplicate" },
])("of reports that a thread left unanswered at $at, identified ones count once", async ({ at, kept, durable }) => {
  const { questline } = start({ at });
  await questline.ready;
  const identified = Array.from({ length: 5 }, (_, n) =>
    questline.match("m-1").report(USER, "kill", {}, { id: `k-${n}` }),
  );
  const anonymous = Array.from({ length: 3 }, () => questline.match("m-1").report(USER, "hit", {}));
  expect(await Promise.all(identified.map((receipt) => receipt.durable))).toEqual(
    identified.map(() => ({ status: durable })),
  );
  for (const receipt of anonymous) {
    expect(await receipt.durable).toEqual({ status: "refused", reason: expect.stringContaining("may or may not") });
  }
  await delivered(questline);
  expect(writtenTo("KILLS").count).toBe(5n);
  expect(writtenTo("HITS").count).toBe(kept);
});

test("a thread that keeps ending fails for good: said once, and nobody is left waiting", async () => {
  const { questline, errors } = start({ at: "stage:after-commit", once: false });
  await questline.ready;
  await questline.match("m-1").report(USER, "kill", {}, { id: "k-1" }).durable;
  const { settled } = questline.match("m-1").report(USER, "kill", {}, { id: "k-2" });
  const failure = await questline.failed;
  expect(failure).toMatchObject({ code: "store_unusable", message: expect.stringContaining("ended 6 times") });
  expect(questline.health()).toEqual({ status: "failed", restarts: 5, error: failure });
  expect(errors().filter(({ message }) => message.includes("cannot go on"))).toHaveLength(1);
  // `duplicate`: the first thread had kept it and ended before it said so, and the next one was asked again.
  expect(await settled).toMatchObject([{ status: expect.stringMatching(/owed|refused|duplicate/) }]);
  expect(await questline.match("m-1").report(USER, "kill", {}, { id: "k-3" }).durable).toMatchObject({
    status: "refused",
    reason: failure.message,
  });
  await expect(questline.owed()).rejects.toBe(failure);
  await expect(questline.flush()).rejects.toBe(failure);
  expect(await questline.close()).toMatchObject({ owed: 0, problem: expect.stringContaining("ended 6 times") });
  expect(questline.health().status).toBe("closed");
});

test.each(["stage:after-commit", "checkpoint"])(
  "a thread that ends at %s in close() still says what is owed",
  async (at) => {
    emulator.faults.add({ operation: "achievements.definitions", kind: "status", status: 500, times: "always" });
    emulator.faults.add({ operation: "achievements.write", kind: "resetBefore", times: "always" });
    const { questline } = start({ at });
    await questline.match("m-1").report(USER, "kill", {}, { id: "k-1" }).durable;
    expect(await questline.close({ timeoutMs: 500 })).toMatchObject({ owed: 1 });
  },
);

test("what a failed process kept goes out with the next one, once, though its thread ends as it takes over", async () => {
  const first = start({ at: "stage:after-commit", once: false });
  await first.questline.match("m-1").report(USER, "kill", {}, { id: "k-1" }).durable;
  await first.questline.failed;
  await first.questline.close();

  const second = start({ at: "recovery" });
  await second.questline.ready;
  expect(second.questline.health()).toEqual({ status: "running", restarts: 1 });
  expect(second.errors().filter(({ message }) => message.includes("ended by itself"))).toHaveLength(1);
  await delivered(second.questline);
  expect(writtenTo("KILLS")).toEqual({ added: 1n, count: 1n });
});

test("a thread that cannot be started fails at once, and close() says so", async () => {
  const { questline, errors } = start();
  const unusable = createQuestline({
    ...definition,
    store: probedSqliteStore(join(folder, "other.db"), {}, new URL("programs/no-such-probe.mjs", import.meta.url)),
    logger: silent,
  });
  await questline.ready;
  await expect(unusable.ready).rejects.toMatchObject({ code: "store_unusable" });
  expect(await unusable.failed).toMatchObject({ message: expect.stringContaining("cannot be started") });
  expect(unusable.health()).toMatchObject({ status: "failed", restarts: 0 });
  expect(await unusable.close()).toMatchObject({ owed: 0, problem: expect.stringContaining("cannot be started") });
  expect(errors()).toEqual([]);
});

const quiet = (): void => {};
const silent: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const definition = {
  app: { id: "1", secret: "test-secret" },
  achievements: { FIRST_WIN: simple() },
  events: { matchEnded: oncePerMatch<object>() },
  rules: {},
} as const;
