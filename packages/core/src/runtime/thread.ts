import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { WorkerOptions } from "node:worker_threads";

/**
 * The file of a thread, beside the module whose `import.meta.url` is given; undefined where a bundler has put that module
 * into a file of its own making and left the thread's out. Bundlers do not follow this name.
 */
export function threadFile(name: string, moduleUrl: string | undefined): URL | undefined {
  if (moduleUrl?.startsWith("file:") !== true) return undefined;
  const file = new URL(`./${name}${moduleUrl.slice(moduleUrl.lastIndexOf("."))}`, moduleUrl);
  return existsSync(file) ? file : undefined;
}

/** Starts a thread with those of this process's flags that concern it. */
export function startThread(file: URL, options: WorkerOptions): Worker {
  const execArgv = threadFlags(process.execArgv);
  return new Worker(file, { ...options, ...(execArgv && { execArgv }) });
}

/** Says what the program is, where it is no file: a thread that inherits it cannot load its own. */
const PROGRAM_FLAG = /^(--input-type|--eval|-e|--print|-p|-pe)(=|$)/;
const MODULE_FLAG = /^(--conditions|-C|--import|--require|-r|--loader|--experimental-loader)(=|$)/;

/**
 * How modules are found and loaded, of a process that was given its program as text; undefined: everything may be inherited.
 * A flag that concerns a whole process, such as its heap, cannot be handed to a thread at all.
 */
export function threadFlags(flags: readonly string[]): string[] | undefined {
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
