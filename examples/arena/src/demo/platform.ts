import { sleep, timeLimit } from "../runtime/timers.ts";
import type { DemoArguments } from "./arguments.ts";
import { EmulatorControl } from "./emulator-control.ts";
import type { Processes } from "./processes.ts";

/** The emulated platform: where its books are, and where the game reaches it. */
export interface Platform {
  readonly control: EmulatorControl;
  readonly graphUrl: string;
}

const TRIES_FOR_A_RUNNING_ONE = 5;
const TRIES_THROUGH_THE_PROXY = 60;
/** Longer than a proxy may delay. */
const PATIENCE_MS = 6_500;

/**
 * Starts an emulator, unless one answers behind `graphUrl` already. A proxy may delay, drop and reset what is asked
 * through it, so it is asked again; it is expected to forward to `emulatorPort`.
 */
export async function openPlatform(
  { graphUrl, emulatorPort, seed }: DemoArguments,
  processes: Processes,
): Promise<Platform> {
  const running = graphUrl === undefined ? undefined : await emulatorBehind(graphUrl, TRIES_FOR_A_RUNNING_ONE);
  if (graphUrl !== undefined && running !== undefined) return { control: new EmulatorControl(running), graphUrl };

  const env = { EMULATOR_PORT: String(emulatorPort), EMULATOR_SEED: String(seed) };
  const emulator = processes.start<object, { url: string }>({ name: "emulator", file: "../emulator.ts", env });
  const { url } = await Promise.race([emulator.ready, processes.failure]);
  const control = new EmulatorControl(url);
  if (graphUrl === undefined) return { control, graphUrl: url };
  if ((await emulatorBehind(graphUrl, TRIES_THROUGH_THE_PROXY)) !== undefined) return { control, graphUrl };
  throw new Error(`nothing at ${graphUrl} leads to an emulator; let it forward to ${url}, or start one behind it`);
}

/** The direct address of the emulator that answers there. */
async function emulatorBehind(graphUrl: string, tries: number): Promise<string | undefined> {
  for (let left = tries; left > 0; left -= 1) {
    const health = await ask(`${graphUrl}/__emulator/health`);
    if (health?.emulator === "questline" && health.url !== undefined) return health.url;
    await sleep(200);
  }
  return undefined;
}

async function ask(url: string): Promise<{ emulator?: string; url?: string } | undefined> {
  try {
    const answer = await fetch(url, { signal: timeLimit(PATIENCE_MS) });
    return answer.ok ? ((await answer.json()) as { emulator?: string; url?: string }) : undefined;
  } catch {
    return undefined;
  }
}
