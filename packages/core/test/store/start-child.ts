import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./store-child.ts", import.meta.url));
const children: ChildProcess[] = [];

export function killChildren(): void {
  for (const child of children.splice(0)) child.kill("SIGKILL");
}

/** A process that runs store-child.ts. */
export interface Child {
  /** The next line that begins with `word`; rejects if the child ends before. */
  line(word: string): Promise<string>;
  /** Tells it something and waits until it says that it did it. */
  tell(what: string): Promise<string>;
  readonly pid: number;
  /** Ends it at once and answers when it is gone. */
  kill(): Promise<void>;
  readonly exited: Promise<unknown[]>;
  readonly lines: readonly string[];
}

interface StartOptions {
  readonly shell?: string;
  readonly under?: readonly string[];
}

/** Starts store-child.ts; `shell` is run before it, in its shell, `under` is the program that starts it. */
export function start(what: string, path: string, { shell, under = [] }: StartOptions = {}): Child {
  const node = [...under, process.execPath, "--conditions=questline-source", program, what, path];
  const [command = "", ...args] = shell === undefined ? node : ["sh", "-c", `${shell}; exec "$@"`, "sh", ...node];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const exited = once(child, "exit");
  const lines: string[] = [];
  let heard = (): void => undefined;
  const reader = createInterface(child.stdout);
  reader.on("line", (line) => {
    lines.push(line);
    heard();
  });
  let ended = false;
  reader.on("close", () => {
    ended = true;
    heard();
  });
  let read = 0;
  const line = async (word: string): Promise<string> => {
    for (;;) {
      for (const next of lines.slice(read)) {
        read += 1;
        if (next.startsWith(word)) return next;
      }
      if (ended) throw new Error(`ended before "${word}": ${lines.join(" | ")}`);
      await new Promise<void>((resolve) => (heard = resolve));
    }
  };
  return {
    line,
    tell: (told) => {
      child.stdin.write(`${told}\n`);
      return line(`did ${told}`);
    },
    pid: child.pid ?? 0,
    exited,
    lines,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
