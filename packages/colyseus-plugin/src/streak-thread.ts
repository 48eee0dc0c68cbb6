import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { saidIn } from "./streak-message.ts";
import { StreakFile, type StreakAnswer, type StreakCall } from "./streak-file.ts";

/** Who carries out calls on a file of streaks. */
export interface StreakThread {
  post(call: StreakCall): void;
  /** The process stays while somebody waits. */
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

export interface StreakThreadEvents {
  readonly onAnswers: (answers: readonly StreakAnswer[]) => void;
  /** It ended by itself, for this reason. */
  readonly onEnd: (words: string) => void;
}

/** A thread beside the rooms; where a bundle has left its file out, the rooms' own, which is said once a process. */
export function startStreakThread(path: string, events: StreakThreadEvents): StreakThread {
  const file = threadFile(import.meta.url);
  return file === undefined ? here(path, events) : beside(file, path, events);
}

function beside(file: URL, path: string, { onAnswers, onEnd }: StreakThreadEvents): StreakThread {
  const execArgv = threadFlags(process.execArgv);
  const worker = new Worker(file, { workerData: path, name: "questline-streaks", ...(execArgv && { execArgv }) });
  worker.unref();
  worker.on("message", (message: unknown) => onAnswers(saidIn<StreakAnswer>(message)));
  worker.on("error", (error) => onEnd(error instanceof Error ? error.message : String(error)));
  worker.on("exit", () => onEnd("it ended"));
  return {
    post: (call) => worker.postMessage([call]),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    terminate: () => worker.terminate(),
  };
}

let isSaid = false;

function here(path: string, { onAnswers }: StreakThreadEvents): StreakThread {
  if (!isSaid) {
    process.emitWarning(
      "@questline/colyseus is part of a bundle, which has no file for its streaks' thread: they are written in the rooms' own thread. Leave @questline/colyseus and @questline/core out of the bundle (external).",
      { type: "QuestlineWarning", code: "QUESTLINE_BUNDLED" },
    );
  }
  isSaid = true;
  const file = new StreakFile(path);
  return {
    post: (call) => queueMicrotask(() => onAnswers(file.answer([call]))),
    ref: () => undefined,
    unref: () => undefined,
    terminate: async () => undefined,
  };
}

/** Beside this module, unless a bundler has put it into a file of its own making. Bundlers do not follow this name. */
function threadFile(moduleUrl: string | undefined): URL | undefined {
  if (moduleUrl?.startsWith("file:") !== true) return undefined;
  const file = new URL(`./sqlite-streaks-worker${moduleUrl.slice(moduleUrl.lastIndexOf("."))}`, moduleUrl);
  return existsSync(file) ? file : undefined;
}

/** Says what the program is, where it is no file: a thread that inherits it cannot load its own. */
const PROGRAM_FLAG = /^(--input-type|--eval|-e|--print|-p|-pe)(=|$)/;
const MODULE_FLAG = /^(--conditions|-C|--import|--require|-r|--loader|--experimental-loader)(=|$)/;

/** Of a process that was given its program as text, how modules are found and loaded; undefined: everything may be inherited. */
function threadFlags(flags: readonly string[]): string[] | undefined {
  if (!flags.some((flag) => PROGRAM_FLAG.test(flag))) return undefined;
  const kept: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? "";
    const isKept = MODULE_FLAG.test(flag);
    if (isKept) kept.push(flag);
    if (flag.includes("=") || !(isKept || PROGRAM_FLAG.test(flag))) continue;
    // Its value is the next one.
    at += 1;
    if (isKept) kept.push(flags[at] ?? "");
  }
  return kept;
}
