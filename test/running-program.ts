import { spawn } from "node:child_process";

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program in a process of its own. */
export interface RunningProgram extends AsyncDisposable {
  /** The first line of its output that fits; rejects with what it said when it ends before. */
  line(pattern: RegExp): Promise<string>;
  /** Its whole lines of output so far. */
  lines(): readonly string[];
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<ProgramEnd>;
}

export interface ProgramOptions {
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program that runs it. Default: the Node that runs the tests. */
  readonly node?: string | undefined;
  /** The network namespace it runs in; this process's own otherwise. */
  readonly netns?: string;
}

/** Starts a program; leaving the scope kills it. */
export function startProgram(args: readonly string[], options: ProgramOptions): RunningProgram {
  const within = options.netns === undefined ? [] : ["ip", "netns", "exec", options.netns];
  const [file = "", ...rest] = [...within, options.node ?? process.execPath, ...args];
  const child = spawn(file, rest, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const waiting = new Set<() => void>();
  let stdout = "";
  let stderr = "";
  let end: ProgramEnd | undefined;
  const told = (): void => waiting.forEach((look) => look());
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    told();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      end = { code, signal, stdout, stderr };
      resolve(end);
      told();
    });
  });

  const lines = (): readonly string[] => stdout.split("\n").slice(0, -1);
  return {
    ended,
    lines,
    kill: (signal) => void child.kill(signal),
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = stdout
            .split("\n")
            .slice(0, -1)
            .find((line) => pattern.test(line));
          if (found !== undefined) resolve(found);
          else if (end !== undefined) reject(new Error(`It ended before saying ${pattern}: ${stdout}${stderr}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs a program to its end; throws with what it said unless it ends with 0. */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  await using program = startProgram(args, options);
  const end = await program.ended;
  if (end.code !== 0)
    throw new Error(`${args.join(" ")} ended with ${end.code ?? end.signal}: ${end.stdout}${end.stderr}`);
  return end;
}
