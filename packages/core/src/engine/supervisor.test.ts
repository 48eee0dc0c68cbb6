import { Worker } from "node:worker_threads";
import { afterEach, expect, it } from "vitest";
import { manualClock } from "../runtime/manual-clock.ts";
import type { Connection } from "../store/connection.ts";
import { Supervisor } from "./supervisor.ts";

type Verb = "open" | "hurry" | "close" | "number" | "write" | "exit" | "throw" | "wait";
type Said = { readonly is: "started"; readonly number: number };

const running: Supervisor<Verb, Said>[] = [];
afterEach(async () => {
  for (const supervisor of running.splice(0)) await supervisor.close(0).catch(() => undefined);
});

/** A thread that answers with its number; `does` tells what else comes of a verb, and may use `number`. */
const program = (does: Partial<Record<Verb | "start", string>>): string => `
  const { parentPort, workerData: number } = require("node:worker_threads");
  ${does.start ?? ""}
  parentPort.postMessage([{ event: { is: "started", number } }]);
  const answer = (id, result) => parentPort.postMessage([{ id, ok: true, result }]);
  parentPort.on("message", async (calls) => {
    for (const { id, verb } of calls) {
      if (verb === "wait") continue;
      ${Object.entries(does)
        .map(([verb, code]) => `if (verb === "${verb}") { ${code} }`)
        .join("\n")}
      answer(id, number);
    }
  });`;

function supervised(does: Partial<Record<Verb | "start", string>>) {
  const clock = manualClock();
  const logged: { readonly level: string; readonly fields: object; readonly message: string }[] = [];
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const opened: Connection<Verb, Said>[] = [];
  let threads = 0;
  const supervisor = new Supervisor<Verb, Said>({
    startThread: () => new Worker(program(does), { eval: true, workerData: ++threads }),
    verbs: { open: "open", hurry: "hurry", close: "close" },
    repeatable: new Set<Verb>(["number", "exit", "throw", "wait"]),
    hear: () => undefined,
    onOpen: (thread) => void opened.push(thread),
    onEnd: () => undefined,
    clean: (text) => text.replaceAll("test-secret", "[removed]"),
    clock,
    logger: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
  });
  running.push(supervisor);
  const errors = (): typeof logged => logged.filter(({ level }) => level === "error");
  /** Lets real threads work while this clock is moved, until it holds. */
  const until = async (holds: () => boolean, stepMs = 0): Promise<void> => {
    for (let turn = 0; turn < 20_000 && !holds(); turn += 1) await clock.advance(stepMs);
    expect(holds()).toBe(true);
  };
  return { supervisor, clock, errors, opened, until, threads: () => threads };
}

const DIES_ONCE = "if (number === 1) process.exit(7);";

it("says an end at once, with its cause and without a secret, before anybody asks again", async () => {
  const { supervisor, errors, until } = supervised({
    write: "setImmediate(() => { throw new TypeError('no test-secret today'); }); continue;",
  });
  await supervisor.open();
  const asked = supervisor.ask("write", []).catch((error: unknown) => error);
  await until(() => errors().length === 1);
  expect(errors()[0]).toMatchObject({
    fields: { error: "no [removed] today", stack: expect.stringContaining("TypeError: no [removed] today") },
    message: expect.stringContaining("ended by itself; it is started again"),
  });
  expect(JSON.stringify(errors())).not.toContain("test-secret");
  expect(await asked).toMatchObject({ code: "ambiguous", message: expect.stringContaining("write") });
});

it("starts the next thread after a while, and lets whoever asks meanwhile wait for it", async () => {
  const { supervisor, clock, opened, until, threads, errors } = supervised({ exit: DIES_ONCE });
  await supervisor.open();
  const asked = [supervisor.ask("exit", []), supervisor.ask("wait", [], true)];
  await until(() => errors().length === 1);
  expect(errors()[0]?.fields).toMatchObject({ error: "exit code 7", startsInMs: 100 });
  const meanwhile = [supervisor.ask("number", []), supervisor.ask("write", [])];
  await clock.advance(99);
  expect({ threads: threads(), ...supervisor.restarts }).toEqual({ threads: 1, count: 1, underWay: true });
  await clock.advance(1);
  expect(await Promise.all([asked[0], ...meanwhile])).toEqual([2, 2, 2]);
  expect(opened).toHaveLength(2);
  expect(supervisor.restarts).toEqual({ count: 1, underWay: false });
  const waited = asked[1]?.catch((error: unknown) => error);
  await supervisor.close(0);
  expect(await waited).toMatchObject({ code: "closed" });
});

it("asks a third thread nothing that two have died of", async () => {
  const { supervisor, until } = supervised({ exit: "process.exit(1);" });
  await supervisor.open();
  const asked = supervisor.ask("exit", []).catch((error: unknown) => error);
  await until(() => supervisor.restarts.count === 2 && !supervisor.restarts.underWay, 100);
  expect(await asked).toMatchObject({ code: "store_unusable", message: expect.stringContaining("twice") });
  expect(await supervisor.ask("number", [])).toBe(3);
});

it(
  "fails for good at the sixth end within ten minutes, and ends everything that waits",
  { timeout: 30_000 },
  async () => {
    const { supervisor, until, threads, errors } = supervised({
      open: "if (number > 1) process.exit(9);",
      exit: DIES_ONCE,
    });
    await supervisor.open();
    const asked = [supervisor.ask("exit", []), supervisor.ask("wait", [], true), supervisor.ask("write", [])];
    const ends = Promise.allSettled(asked);
    let failure: unknown;
    void supervisor.failed.then((error) => (failure = error));
    await until(() => failure !== undefined, 10);
    expect(threads()).toBe(6);
    expect(errors()).toHaveLength(5);
    expect(failure).toMatchObject({
      code: "store_unusable",
      message: expect.stringMatching(/ended 6 times.*exit code 9/),
    });
    expect(await ends).toMatchObject([{ reason: failure }, { reason: failure }, { reason: { code: "ambiguous" } }]);
    await expect(supervisor.ask("number", [])).rejects.toBe(failure);
    await expect(supervisor.close(0)).rejects.toBe(failure);
  },
);

it("does not start again what never started", async () => {
  const { supervisor, clock, threads } = supervised({ start: "throw new Error('no such module');" });
  await expect(supervisor.open()).rejects.toMatchObject({
    code: "store_unusable",
    message: expect.stringContaining("cannot be started: no such module"),
  });
  await clock.advance(60_000);
  expect(threads()).toBe(1);
  await expect(supervisor.failed).resolves.toMatchObject({ code: "store_unusable" });
});

it("opens with the next thread where the first one died of it", async () => {
  const { supervisor, until, threads } = supervised({ open: DIES_ONCE });
  const opening = supervisor.open();
  await until(() => threads() === 2, 100);
  await opening;
  expect(await supervisor.ask("number", [])).toBe(2);
});

it("refuses a file that cannot be opened at once, and tries again where it could be before", async () => {
  const refuses = (when: string): string =>
    `if (${when}) { parentPort.postMessage([{ id, ok: false, code: "store_locked", message: "held" }]); continue; }`;
  const never = supervised({ open: refuses("true") });
  await expect(never.supervisor.open()).rejects.toMatchObject({ code: "store_locked", message: "held" });
  expect(never.threads()).toBe(1);

  const later = supervised({ open: refuses("number === 2"), exit: DIES_ONCE });
  await later.supervisor.open();
  const asked = later.supervisor.ask("exit", []);
  await later.until(() => later.threads() === 3, 100);
  expect(await asked).toBe(3);
  expect(later.errors().map(({ fields }) => fields)).toMatchObject([{ error: "exit code 7" }, { error: "held" }]);
});

it("closes what dies while it closes: the next thread says how things stand, without a wait", async () => {
  const { supervisor, threads } = supervised({ close: DIES_ONCE });
  await supervisor.open();
  const closing = supervisor.close(1_000);
  const meanwhile = supervisor.ask("number", []);
  await expect(meanwhile).rejects.toMatchObject({ code: "closed" });
  expect(await closing).toBe(2);
  expect(threads()).toBe(2);
});
