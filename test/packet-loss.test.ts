import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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

/** Of each port, whether the kernel below the game still sends to it for processes that have ended. */
async function lingering(net: LossyNetwork, ...ports: readonly number[]): Promise<readonly boolean[]> {
  const { stdout } = await runProgram([orphans, ...ports.map(String)], inGame(net));
  const found = JSON.parse(stdout) as readonly { readonly kernel?: string; readonly lingering: boolean }[];
  return found.map(({ kernel, lingering: sends }) => (kernel === undefined ? expect.fail("no table") : sends));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The count of `user` that the platform has carried out so far, by all it said. */
function added(user: string): string | undefined {
  return platform
    .lines()
    .findLast((line) => line.startsWith(`added ${user} `))
    ?.split(" ")[2];
}

test("what was given up while the network was down never arrives; what was only closed, or killed, does", async (context) => {
  const net = network(context);
  const [http, https] = [`http://${net.platformHost}`, `https://${net.platformHost}`];
  const sender = (by: string, ...targets: readonly string[]): RunningProgram =>
    startProgram([source, "programs/send-and-give-up.mjs", by, ...targets], inGame(net));
  await using reset = sender("questline", `${http}:8080/80000000000000000`, `${https}:8443/80000000000000001`);
  await using closed = sender("fetch", `${http}:8081/80000000000000002`, `${https}:8444/80000000000000003`);
  await using killed = sender("questline", `${http}:8082/80000000000000004`, `${https}:8445/80000000000000005`);
  const running = [reset, closed, killed];
  await Promise.all(running.map((program) => program.line(/^ready$/)));

  net.down();
  for (const program of running) program.kill("SIGUSR2");
  await Promise.all(running.map((program) => program.line(/^sending$/)));
  await pause(300);
  killed.kill("SIGKILL");
  await killed.ended;
  expect(await reset.line(/^gave up/)).toBe("gave up: maybe maybe");
  expect(await closed.line(/^gave up/)).toBe("gave up: TimeoutError TimeoutError");
  const sent = await lingering(net, 8080, 8443, 8081, 8444, 8082, 8445);
  expect(sent).toEqual([false, false, true, true, true, true]);
  net.up();

  // What the kernel kept comes now; by then it would have sent the rest, too.
  for (const last of [2, 3, 4, 5]) await platform.line(new RegExp(`^added 8000000000000000${last} 11$`));
  await pause(500);
  expect(added("80000000000000000")).toBe("1");
  expect(added("80000000000000001")).toBe("1");
  expect(await lingering(net, 8081, 8444, 8082, 8445)).toEqual([false, false, false, false]);
});

test("a count whose sender was killed while the network was down is delivered once by its next life", async (context) => {
  const net = network(context);
  const user = "80000000000000006";
  const life = (delivery: object): RunningProgram =>
    startProgram(
      [
        source,
        "programs/win-and-die.mjs",
        `http://${net.platformHost}:8083`,
        user,
        join(folder, "game.db"),
        JSON.stringify(delivery),
      ],
      inGame(net),
    );
  await using first = life({ quietPeriodMs: 300 });
  await first.line(/^delivered$/);
  await platform.line(new RegExp(`^added ${user} 3$`));

  net.down();
  first.kill("SIGUSR2");
  await first.line(/^m-2 accepted$/);
  const sent = performance.now();
  await pause(700);
  first.kill("SIGKILL");
  await first.ended;
  expect(await lingering(net, 8083)).toEqual([true]);

  await using second = life({ quietPeriodMs: 300, takeoverQuietMs: 14_000 });
  // Linux sends again about 3.3, 6.6 and 13.2 s after the first time: before the last, there is time to decide too early.
  await pause(Math.max(0, sent + 7_200 - performance.now()));
  net.up();
  await second.line(/^delivered$/);
  expect(await lingering(net, 8083)).toEqual([false]);
  expect(second.lines()).toEqual(["m-1 duplicate", "delivered"]);
  await pause(500);
  expect(added(user)).toBe("6");
});
