import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createQuestline, isQuestlineError, memoryStore } from "@questline/core";
import { afterAll, beforeAll, expect, test, type TestContext } from "vitest";
import { lossyNetwork, type LossyNetwork } from "./lossy-network.ts";
import { runProgram, startProgram, type RunningProgram } from "./running-program.ts";
import { selfSigned } from "./self-signed.ts";
import { skipWith } from "./skip-with.ts";

const cwd = fileURLToPath(new URL(".", import.meta.url));
const source = "--conditions=questline-source";
const orphans = fileURLToPath(new URL("../packages/core/test/orphaned-sockets-child.ts", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "questline-loss-"));
const made = lossyNetwork();
let platform: RunningProgram;

beforeAll(async () => {
  if (typeof made === "string") return;
  const { cert, key } = selfSigned(made.platformHost);
  writeFileSync(join(folder, "cert.pem"), cert);
  writeFileSync(join(folder, "key.pem"), key);
  const program = [source, "programs/platform-behind-relays.mjs", made.platformHost, folder];
  // A port per sender, so that the kernel's table tells them apart.
  platform = startProgram([...program, "8080,8081,8082,8083", "8443,8444,8445"], { cwd, netns: made.platform });
  await platform.line(/^listening$/);
});
afterAll(async () => {
  await platform?.[Symbol.asyncDispose]();
  if (typeof made !== "string") made[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

function network(context: TestContext): LossyNetwork {
  return typeof made === "string" ? skipWith(context, made) : made;
}

const inGame = ({ game }: LossyNetwork) => ({
  cwd,
  netns: game,
  env: { NODE_EXTRA_CA_CERTS: join(folder, "cert.pem") },
});

async function kernelOf(net: LossyNetwork, port: number): Promise<{ kernel?: string; lingering: boolean }> {
  const { stdout } = await runProgram([orphans, String(port)], inGame(net));
  return JSON.parse(stdout) as { kernel?: string; lingering: boolean };
}

async function lingering(net: LossyNetwork, ports: readonly number[]): Promise<boolean[]> {
  return await Promise.all(ports.map(async (port) => (await kernelOf(net, port)).lingering));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The count of `user` that the platform has carried out so far, by all it said. */
async function added(user: string): Promise<string | undefined> {
  return (await platform.said()).findLast((line) => line.startsWith(`added ${user} `))?.split(" ")[2];
}

const senders = [
  { user: "80000000000000000", url: "http", port: 8080, by: "questline" },
  { user: "80000000000000001", url: "https", port: 8443, by: "questline" },
  { user: "80000000000000002", url: "http", port: 8081, by: "fetch" },
  { user: "80000000000000003", url: "https", port: 8444, by: "fetch" },
  { user: "80000000000000004", url: "http", port: 8082, by: "questline", killed: true },
  { user: "80000000000000005", url: "https", port: 8445, by: "questline", killed: true },
] as const;

test("what was given up while the network was down never arrives; what was only closed or killed does", async (context) => {
  const net = network(context);
  const running = await Promise.all(
    senders.map(async ({ user, url, port, by }) => {
      const target = `${url}://${net.platformHost}:${port}`;
      const program = startProgram([source, "programs/send-and-give-up.mjs", target, user, by], inGame(net));
      await program.line(/^ready$/);
      return program;
    }),
  );
  await using stack = new AsyncDisposableStack();
  running.forEach((program) => stack.use(program));

  net.down();
  for (const program of running) program.kill("SIGUSR2");
  await Promise.all(running.map((program) => program.line(/^sending$/)));
  await pause(300);
  await Promise.all(
    senders.map(async (sender, index) => {
      const program = running[index];
      if ("killed" in sender) {
        program?.kill("SIGKILL");
        await program?.ended;
      } else {
        const said = await program?.line(/^gave up/);
        expect(said).toBe(sender.by === "fetch" ? "gave up: TimeoutError" : "gave up: maybe");
      }
    }),
  );
  expect(await lingering(net, [8080, 8443, 8081, 8444, 8082, 8445])).toEqual([false, false, true, true, true, true]);
  net.up();

  // The kernel sends again what it kept, and by then would have sent the rest.
  for (const { user } of senders.slice(2)) await platform.line(new RegExp(`^added ${user} 11$`));
  await pause(1_000);
  expect(await added("80000000000000000")).toBe("1");
  expect(await added("80000000000000001")).toBe("1");
  expect(await lingering(net, [8081, 8444, 8082, 8445])).toEqual([false, false, false, false]);
});

/** Whether this version knows how long a takeover waits for what a killed process may still be sending. */
function knowsTakeover(): boolean {
  try {
    createQuestline({
      app: { id: "1", secret: "test-secret" },
      store: memoryStore(),
      delivery: JSON.parse('{"takeoverQuietMs":1}'),
      achievements: {},
      events: {},
      rules: {},
    });
    return true;
  } catch (error) {
    if (isQuestlineError(error)) return false;
    throw error;
  }
}
